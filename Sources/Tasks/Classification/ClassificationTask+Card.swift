import DataSchema
import Tasks

/// What a model card says about classes.
extension ClassificationTask {
  package var partNames: [String] { classNames }

  package var partMetrics: [PartMetric] {
    [PartMetric("precision", Precision()), PartMetric("recall", Recall()), PartMetric("F1", F1())]
  }

  package func balance(_ targets: Targets, _ rows: [Int]) -> TargetBalance {
    var counts = [Int](repeating: 0, count: classNames.count)
    for row in rows {
      guard let label = targets[row].first.map({ Int($0) }) else { continue }
      if counts.indices.contains(label) { counts[label] += 1 }
    }
    return TargetBalance(counts: [.init("examples", counts)])
  }

  package func calibration(_ predictions: Predictions, split: String) -> [ReportBlock] {
    let pooled = PooledPredictions(predictions)
    guard pooled.count > 0, ClassSample(pooled).hasProbabilities else { return [] }
    let bins = CalibrationBins(pooled)
    let (right, sum) = bins.bins.reduce((0.0, 0.0)) { total, bin in
      let count = Double(bin.count)
      return (
        total.0 + (bin.accuracy ?? 0) * count, total.1 + (bin.confidence ?? 0) * count
      )
    }
    let count = Double(pooled.count)
    let text =
      "The confidence of a prediction is the probability of the predicted class. Over the "
      + "\(Insight.count(pooled.count, "prediction", "predictions")) for the \(split) set the mean confidence is "
      + "\(Insight.percent(sum / count, 2)), and \(Insight.percent(right / count, 2)) of the predictions are right. "
      + "The expected calibration error, the mean gap between the two over \(CalibrationBins.standardCount) bins of equal "
      + "width, is \(Insight.percent(bins.error(), 2))."
    return [
      .text(text), .table(bins.table(("Confidence", counts: "Predictions", share: "Right"))),
    ]
  }
}

extension CalibrationBins {
  /// By the probability of the predicted class.
  package init(_ predictions: PooledPredictions, count: Int = standardCount) {
    self.init(
      predictions.confidences, zip(predictions.labels, predictions.predictions).map { $0 == $1 },
      count: count)
  }
}

extension Precision {
  init() {}
}

extension Recall {
  init() {}
}

extension F1 {
  init() {}
}
