import DataSchema
import Tasks

/// What a model card says about labels.
extension MultiLabelTask {
  package var partNames: [String] { labels }

  package var partMetrics: [PartMetric] {
    [
      PartMetric("average precision", LabelAveragePrecision()),
      PartMetric("precision", LabelPrecision()), PartMetric("recall", LabelRecall()),
      PartMetric("F1", LabelF1()),
    ]
  }

  package func balance(_ targets: Targets, _ rows: [Int]) -> TargetBalance {
    var counts = [Int](repeating: 0, count: labels.count)
    for row in rows {
      for (label, value) in targets[row].prefix(counts.count).enumerated() where value > 0.5 {
        counts[label] += 1
      }
    }
    return TargetBalance(counts: [.init("examples", counts)])
  }

  package func calibration(_ predictions: Predictions, split: String) -> [ReportBlock] {
    let count = predictions.count
    guard count > 0, predictions.layout.hasScores, predictions.outputs.allSatisfy(\.isFinite)
    else { return [] }
    let sample = LabelSample(predictions)
    let probabilities = (0..<count).map { predictions.probabilities(at: $0) }
    var (all, outcomes): ([Double], [Bool]) = ([], [])
    var rows: [[String]] = []
    var errors: [Double] = []
    for label in labels.indices {
      let values = probabilities.map { $0[label] }
      let has = (0..<count).map { sample.isTrue($0, label) }
      let error = CalibrationBins(values, has).error()
      errors.append(error)
      rows.append([
        labels[label], Insight.percent(Double(has.count { $0 }) / Double(count), 2),
        Insight.percent(values.reduce(0, +) / Double(count), 2), Insight.percent(error, 2),
      ])
      all += values
      outcomes += has
    }
    let text =
      "Of each label, the probability is compared with how often examples have it, over the "
      + "\(Insight.count(count, "prediction", "predictions")) for the \(split) set. The expected calibration error is the "
      + "mean gap between the two over \(CalibrationBins.standardCount) bins of equal width; its mean over the labels is "
      + "\(Insight.percent(errors.reduce(0, +) / Double(errors.count), 2)). Of a rare label it is small even if its "
      + "probabilities say nothing, as long as they are low. Thresholds play no part in it."
    return [
      .text(text),
      .table(
        ReportTable(
          heading: ["Label", "Examples with it", "Mean probability", "Calibration error"],
          rows: rows)),
      .text("The probabilities of all labels together:"),
      .table(
        CalibrationBins(all, outcomes).table(
          ("Probability", counts: "Probabilities", share: "Have the label"))),
    ]
  }
}

extension LabelPrecision {
  init() {}
}

extension LabelRecall {
  init() {}
}

extension LabelF1 {
  init() {}
}
