import ExperimentConfig
import Glibc
import Tasks

extension MultiLabelTask {
  /// A paired bootstrap of the scores.
  package func pairedTests(_ pairs: PairedPredictions) -> [PairedTest] {
    bootstrap(
      pairs, Self.metrics.compactMap { try? $0.init(.none) },
      tested: [primary, "f1_macro", "subset_accuracy"])
  }

  /// The binary cross-entropy, averaged over the labels.
  package func exampleLosses(_ predictions: Predictions) -> [[Double]] {
    guard predictions.layout.link == .sigmoid else { return [] }
    let width = labels.count
    return [
      (0..<predictions.count).map { row in
        (0..<width).reduce(0) { sum, label in
          let logit = predictions.outputs[row * width + label]
          let target = Double(predictions.targets[row * width + label])
          return sum + max(logit, 0) - logit * target + log1p(exp(-abs(logit)))
        } / Double(width)
      }
    ]
  }
}
