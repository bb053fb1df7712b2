import Figures
import Tasks

extension MultiLabelTask {
  package static let captions: [(name: String, caption: String)] = [
    (LabelPlot.name, "Average precision, precision, recall and F1 of each label")
  ]

  package static let notableTitle = "Most labels wrong"

  package func drawings(
    _ predictions: Predictions, split: String, runName: String
  ) -> [Drawing] {
    [
      LabelPlot(report: LabelReport(self, predictions), split: split, runName: runName).drawing()
    ]
  }

  /// The examples with the most wrong labels; ties by how far the probability is from the
  /// threshold.
  package func notable(_ predictions: Predictions, _ count: Int) -> [NotableExample] {
    let sample = LabelSample(predictions)
    let width = labels.count
    func sureness(_ row: Int) -> Double {
      let probabilities = predictions.probabilities(at: row)
      return (0..<width).filter { sample.isTrue(row, $0) != sample.isPredicted(row, $0) }
        .map { abs(probabilities[$0] - (thresholds?.values[$0] ?? Self.threshold)) }.max() ?? 0
    }
    let rows = sample.rowCounts.enumerated()
      .map { (row: $0.offset, wrong: $0.element.extra + $0.element.missed) }
      .filter { $0.wrong > 0 }
      .map { (row: $0.row, wrong: $0.wrong, sureness: sureness($0.row)) }
      .sorted { (-$0.wrong, -$0.sureness, $0.row) < (-$1.wrong, -$1.sureness, $1.row) }
      .prefix(count).map(\.row)
    func names(_ row: Int, _ isThere: (Int, Int) -> Bool) -> String {
      let found = (0..<width).filter { isThere(row, $0) }.map { labels[$0] }
      return found.isEmpty ? "none" : found.joined(separator: " ")
    }
    return rows.map { row in
      NotableExample(
        row: row,
        lines: [
          "true  \(names(row, sample.isTrue))", "pred  \(names(row, sample.isPredicted))",
        ])
    }
  }
}
