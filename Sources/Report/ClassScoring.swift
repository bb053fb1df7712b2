import Metrics

extension ConfusionMatrix {
  /// Precision, recall and F1 of each class, by the metric's name.
  func perClass(_ name: String) -> [Double] {
    ClassificationReport(self).classes.map { entry in
      switch name {
      case "precision": entry.row.precision
      case "recall": entry.row.recall
      default: entry.row.f1
      }
    }
  }
}
