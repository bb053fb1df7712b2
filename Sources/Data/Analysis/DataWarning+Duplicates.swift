import ExperimentConfig

extension DataWarning {
  /// About examples that occur more than once.
  static func duplicates(_ findings: DataFindings) -> [DataWarning] {
    guard let duplicates = findings.duplicates, let training = findings.parts.first?.name else {
      return []
    }
    var warnings = duplicates.across.filter { $0.part != training }.compactMap {
      across($0, training: training, in: findings)
    }
    if duplicates.conflicting > 0 {
      warnings.append(
        DataWarning(
          code: "conflicting_duplicates", severity: .warning,
          title: "\(counted(duplicates.conflicting, "group")) of duplicates with different targets",
          meaning:
            "The same or nearly the same example has different targets, so at least one of them is "
            + "wrong or the classes overlap. No model can get all of them right.",
          advice: "Look at these groups and correct the targets, or remove the examples."))
    }
    if duplicates.exactCopies > 0 {
      warnings.append(
        DataWarning(
          code: "exact_duplicates", severity: .note,
          title: "\(counted(duplicates.exactCopies, "exact copy")) of other examples",
          meaning: "An example that occurs several times in a part counts several times.",
          advice: "Remove the copies, unless they represent events that happened several times."))
    }
    if duplicates.nearPairs > 0 {
      warnings.append(
        DataWarning(
          code: "near_duplicates", severity: .note,
          title: "\(counted(duplicates.nearPairs, "pair")) of images look alike, in "
            + counted(duplicates.near.total, "group"),
          meaning:
            "They are probably one photograph that was resized, re-encoded, recoloured, cropped or "
            + "mirrored, or two of the same scene. A few may be different things that look alike.",
          advice: "Look at the groups. Keep all images of a group in one part."))
    }
    if duplicates.limited > 0 {
      warnings.append(
        DataWarning(
          code: "near_search_limited", severity: .note,
          title:
            "\(counted(duplicates.limited, "image")) not compared with all that resemble "
            + (duplicates.limited == 1 ? "it" : "them"),
          meaning:
            "Plain images, drawings and frames of a video resemble very many others, and the "
            + "search has a limit. There may be more near-duplicates of these than are listed.",
          advice: "If the images come in series, declare the series as groups and split by group."))
    }
    return warnings
  }

  private static func across(
    _ crossing: CrossingCount, training: String, in findings: DataFindings
  ) -> DataWarning? {
    let count = crossing.exact + crossing.near
    guard count > 0 else { return nil }
    let isTraining = crossing.other == training
    let examples = findings.parts.first { $0.name == crossing.part }?.examples ?? 0
    // The same pair of parts is counted in both directions; one warning is enough.
    let names = findings.parts.map(\.name)
    if !isTraining,
      (names.firstIndex(of: crossing.part) ?? 0) < (names.firstIndex(of: crossing.other) ?? 0)
    {
      return nil
    }
    let share = examples == 0 ? "" : " (\(percent(Double(count) / Double(examples))))"
    return DataWarning(
      code: "duplicates_across_parts", severity: isTraining ? .serious : .warning,
      title:
        "\(count) of \(counted(examples, "example")) in '\(crossing.part)'\(share) have a duplicate in "
        + "'\(crossing.other)': \(crossing.exact) exact, \(crossing.near) near",
      meaning: isTraining
        ? "The model sees these during training, so its score on '\(crossing.part)' is too "
          + "optimistic."
        : "Choices made on one of the parts favour the model on the other.",
      advice:
        "Remove the duplicates from '\(crossing.other)', or split by group so that duplicates stay "
        + "together.")
  }

  /// `3.3%`, and `< 0.1%` for less.
  static func percent(_ share: Double) -> String {
    if share > 0, share < 0.001 { return "< 0.1%" }
    return NumberText.percent(share)
  }
}
