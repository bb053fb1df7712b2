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
