extension DataWarning {
  /// Examples of a class below which it can hardly be learned.
  private static let fewExamples = 10
  /// How many times larger the largest class may be than the smallest.
  private static let largestImbalance = 10.0

  /// About classes and labels.
  static func classes(_ findings: DataFindings) -> [DataWarning] {
    var warnings: [DataWarning] = []
    for (number, part) in findings.parts.enumerated() {
      guard part.examples > 0, let classes = part.classes ?? part.labels else { continue }
      let noun = part.classes == nil ? "label" : "class"
      let missing = classes.filter { $0.count == 0 }
      if !missing.isEmpty {
        warnings.append(
          DataWarning(
            code: "missing_classes", severity: number == 0 ? .serious : .warning,
            title: "\(counted(missing.count, noun)) without examples in '\(part.name)': "
              + list(missing.map(\.name), total: missing.count),
            meaning: number == 0
              ? "The model cannot learn what it never sees." : "Nothing is measured for these.",
            advice: "Add examples, remove the \(noun), or split so that each part gets some."))
      }
      guard number == 0 else { continue }
      let few = classes.filter { $0.count > 0 && $0.count < fewExamples }
      if !few.isEmpty {
        warnings.append(
          DataWarning(
            code: "few_examples", severity: .warning,
            title: "\(counted(few.count, noun)) with fewer than \(fewExamples) training examples: "
              + list(few.map(\.name), total: few.count),
            meaning: "Too few to learn from, and scores for these vary by chance.",
            advice: "Collect more, or merge them with similar ones."))
      }
      guard part.classes != nil, let least = classes.filter({ $0.count > 0 }).map(\.count).min(),
        let most = classes.map(\.count).max()
      else { continue }
      let ratio = Double(most) / Double(least)
      if ratio >= largestImbalance {
        warnings.append(
          DataWarning(
            code: "class_imbalance", severity: .warning,
            title:
              "The largest class has \(Int(ratio.rounded())) times as many training examples as "
              + "the smallest",
            meaning: "A model that ignores the small classes is still right about most examples.",
            advice:
              "Judge by scores that average over classes, such as f1, and consider data.sampler: balanced."
          ))
      }
    }
    return warnings
  }

  /// About classes of masks.
  static func masks(_ findings: DataFindings) -> [DataWarning] {
    findings.parts.enumerated().compactMap { number, part in
      guard part.examples > 0, let masks = part.masks else { return nil }
      let missing = masks.images.filter { $0.count == 0 }
      if missing.isEmpty { return nil }
      return DataWarning(
        code: "missing_classes", severity: number == 0 ? .serious : .warning,
        title: "\(counted(missing.count, "class")) without pixels in '\(part.name)': "
          + list(missing.map(\.name), total: missing.count),
        meaning: number == 0
          ? "The model cannot learn what it never sees." : "Nothing is measured for these.",
        advice: "Add images, or remove the class.")
    }
  }

  /// About columns of a table.
  static func columns(_ findings: DataFindings) -> [DataWarning] {
    guard let columns = findings.columns else { return [] }
    var warnings: [DataWarning] = []
    if !columns.leaking.isEmpty {
      warnings.append(
        DataWarning(
          code: "leaking_columns", severity: .serious,
          title: "\(counted(columns.leaking.total, "column")) predict"
            + "\(columns.leaking.total == 1 ? "s" : "") the target almost perfectly: "
            + list(columns.leaking.shown.map(\.name), total: columns.leaking.total),
          meaning:
            "Such a column often holds the answer in another form, or the order in which the data was "
            + "collected, and is not known when the model is used.",
          advice:
            "Find out where the column comes from. If it is not known before the answer is, drop it."
        ))
    }
    if !columns.constant.isEmpty {
      warnings.append(
        DataWarning(
          code: "constant_columns", severity: .note,
          title: "\(counted(columns.constant.total, "column")) with only one value: "
            + list(columns.constant.shown, total: columns.constant.total),
          meaning: "A column that never changes carries no information.",
          advice: "Drop it, or find out why it does not change."))
    }
    if !columns.notFinite.isEmpty {
      warnings.append(
        DataWarning(
          code: "not_finite_columns", severity: .serious,
          title:
            "\(counted(columns.notFinite.total, "column")) with values that are not finite "
            + "numbers: "
            + list(columns.notFinite.shown, total: columns.notFinite.total),
          meaning: "One such value makes the loss and then all weights of the model NaN.",
          advice: "Fill in or remove these values."))
    }
    return warnings
  }

  /// About numbers that are to be predicted.
  static func numbers(_ findings: DataFindings) -> [DataWarning] {
    guard let part = findings.parts.first, part.examples > 1 else { return [] }
    return (part.numbers ?? []).filter { $0.minimum == $0.maximum }.map {
      DataWarning(
        code: "constant_target", severity: .serious,
        title: "The target '\($0.name)' has the same value in every training example",
        meaning: "There is nothing to learn.",
        advice: "Check that the right column is predicted.")
    }
  }
}
