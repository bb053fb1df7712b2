import ExperimentConfig
import Tasks

extension MultiLabelTask {
  package static let options = [
    Field(
      "thresholds", .choice(["fixed", "validation"]), default: "fixed",
      doc:
        "The lowest probability at which a label is predicted: fixed (0.5), or fitted to the "
        + "validation examples after training, for each label the one with the highest F1.")
  ]

  package static let fittedFile: String? = "thresholds.json"

  package func configured(_ options: Arguments) throws -> any Task {
    var task = self
    task.fitsThresholds = try options.string("thresholds") == "validation"
    return task
  }

  package var fittedOption: String? { fitsThresholds ? "thresholds" : nil }

  package func fitted(to validation: Predictions) -> any Task {
    fitsThresholds ? with(LabelThresholds(labels, fittedTo: validation)) : self
  }

  package func fittedRecord() throws -> ReportFile? {
    guard let thresholds, let name = Self.fittedFile else { return nil }
    return try ReportFile(name, json: thresholds)
  }

  package func fitted(asRecorded bytes: [UInt8]) throws -> any Task {
    with(try LabelThresholds(recorded: bytes, of: labels))
  }

  /// An ensemble uses the mean of its members' thresholds.
  package func combined(_ members: [any Task]) -> any Task {
    let known = members.compactMap { ($0 as? MultiLabelTask)?.thresholds }
    guard known.count == members.count, known.count > 1 else { return members.first ?? self }
    return with(LabelThresholds(meanOf: known))
  }

  private func with(_ thresholds: LabelThresholds) -> MultiLabelTask {
    var task = self
    task.fitsThresholds = true
    task.thresholds = thresholds
    return task
  }

  package func answers(_ outputs: [Double], _ layout: PredictionLayout) -> [Int] {
    guard let limits = thresholds?.values else {
      // The logit of 0.5 is 0.
      let limit = layout.link == .sigmoid ? 0 : Self.threshold
      return outputs.map { $0 >= limit ? 1 : 0 }
    }
    return layout.link.probabilities(outputs, classes: limits.count).enumerated().map {
      $0.element >= limits[$0.offset % limits.count] ? 1 : 0
    }
  }

  package var policy: String {
    fitsThresholds
      ? Self.policyText(
        "Each label has its own threshold, the one with the highest F1 on the validation examples: "
          + "validation scores that depend on it (all but average precision) are optimistic, test "
          + "scores are not.")
      : Self.policy
  }

  static func policyText(_ rule: String) -> String {
    "Metrics are pooled over all examples. \(rule) Macro averages are over all labels; a label "
      + "without examples counts as 0, and so does a ratio with a zero denominator (zero_division "
      + "= 0), as in scikit-learn."
  }
}
