import Tasks

extension ConfusionMatrix {
  /// Precision, recall or F1 of each class, selected by the metric's name; `nil` for a class that
  /// occurs neither among the labels nor among the predictions.
  func perClass(_ name: String) -> [Double?] {
    let report = ClassificationReport(self)
    var scores = [Double?](repeating: nil, count: classes)
    for (label, entry) in zip(report.labels, report.classes) {
      scores[label] =
        switch name {
        case "precision": entry.row.precision
        case "recall": entry.row.recall
        default: entry.row.f1
        }
    }
    return scores
  }
}
