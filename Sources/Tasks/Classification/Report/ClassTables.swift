import ExperimentConfig
import Tasks

extension ClassEvidence {
  /// With more classes, the full confusion matrix is unreadable.
  private static let mostMatrixClasses = 30

  /// The confusion matrix, unless it has too many classes, and the scores of each class.
  var blocks: [ReportBlock] {
    if matrix.classes <= Self.mostMatrixClasses { return [.heat(heat), .table(scores)] }
    let note =
      "With \(NumberText.grouped(matrix.classes)) classes the confusion matrix is too large to "
      + "show here; see \(ConfusionMatrixText.file) and the plots, if there are any."
    return [.text(note), .table(scores)]
  }

  private var heat: HeatTable {
    let classes = 0..<matrix.classes
    let mostWrong =
      classes.map { label in
        classes.filter { $0 != label }.map { share(label, $0) }.max() ?? 0
      }.max() ?? 0
    let short = names.map { Clipped.text($0, 10) }
    let rows = classes.map { label in
      HeatTable.Row(
        name: names[label],
        cells: classes.map { prediction in
          let count = matrix[label, prediction]
          let share = share(label, prediction)
          // Errors are rare: on the scale of the correct answers they would be invisible.
          let depth =
            label == prediction ? share : mostWrong > 0 ? (share / mostWrong).squareRoot() : 0
          return HeatTable.Cell(
            text: count == 0 ? "·" : NumberText.grouped(count),
            tone: count == 0 ? .neutral : label == prediction ? .good : .warning, depth: depth,
            hint: "\(short[label]) taken for \(short[prediction]): \(count), "
              + "\(Insight.percent(share)) of its row")
        })
    }
    return HeatTable(
      title: "Confusion matrix of the \(split) set",
      note: (isRepeated ? "Counts \(answersText). " : "")
        + "Rows are true classes, columns are predicted classes. Blue is right; orange is wrong, "
        + "on its own scale.", heading: names, rows: rows)
  }

  private func share(_ label: Int, _ prediction: Int) -> Double {
    let support = matrix.support(label)
    return support == 0 ? 0 : Double(matrix[label, prediction]) / Double(support)
  }

  private var scores: ReportTable {
    let columns = ["precision", "recall", "f1"].map(matrix.perClass)
    return ReportTable(
      title: "Scores of each class, \(split) set",
      heading: ["Class", "Precision", "Recall", "F1", "Examples"],
      rows: names.indices.map { label in
        [names[label]] + columns.map { $0[label].map { Insight.percent($0) } ?? "–" }
          + [NumberText.grouped(matrix.support(label))]
      }, bars: .init(after: 3, columns[2].map { $0 ?? 0 }))
  }
}
