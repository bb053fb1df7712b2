import Classification
import ExperimentConfig
import Tasks

extension PageContent {
  /// Beyond this many classes a table of all pairs is not readable.
  static let mostMatrixClasses = 30

  mutating func add(classes evidence: ClassEvidence?) {
    guard let evidence else {
      matrixNote = ["There are no predictions yet, and so nothing about single classes."]
      return
    }
    perClass = [Self.perClass(evidence)]
    if evidence.matrix.classes <= Self.mostMatrixClasses {
      matrix = [Self.matrix(evidence)]
    } else {
      matrixNote = [
        "With \(NumberText.grouped(evidence.matrix.classes)) classes the matrix is in "
          + "confusion_matrix.csv, and in the plots where they are there."
      ]
    }
  }

  private static func matrix(_ evidence: ClassEvidence) -> Matrix {
    let matrix = evidence.matrix
    let names = evidence.names.map {
      MatrixName(short: Clipped.text($0, 10), full: Clipped.text($0, 200))
    }
    let classes = 0..<matrix.classes
    let mostWrong =
      classes.map { label in
        classes.filter { $0 != label }.map { share(matrix, label, $0) }.max() ?? 0
      }.max() ?? 0
    let rows = classes.map { label in
      MatrixRow(
        short: names[label].short, full: names[label].full,
        cells: classes.map { prediction in
          let count = matrix[label, prediction]
          let share = share(matrix, label, prediction)
          // Errors are few: on the scale of the right ones nobody would see them.
          let depth =
            label == prediction ? share : mostWrong > 0 ? (share / mostWrong).squareRoot() : 0
          let style = count == 0 ? "zero" : label == prediction ? "right" : "wrong"
          return MatrixCell(
            text: count == 0 ? "·" : NumberText.grouped(count),
            style: style + (depth > 0.6 ? " deep" : ""), heat: Int((depth * 85).rounded()),
            hint: "\(names[label].short) taken for \(names[prediction].short): \(count), "
              + "\(Insights.percent(share)) of its row")
        })
    }
    return Matrix(
      split: evidence.split, counted: evidence.isRepeated ? "Counts \(evidence.answersText)." : "",
      heading: names, rows: rows)
  }

  private static func share(_ matrix: ConfusionMatrix, _ label: Int, _ prediction: Int) -> Double {
    let support = matrix.support(label)
    return support == 0 ? 0 : Double(matrix[label, prediction]) / Double(support)
  }

  private static func perClass(_ evidence: ClassEvidence) -> PerClass {
    let scores = ["precision", "recall", "f1"].map { name in
      evidence.matrix.perClass(name)
    }
    func score(_ column: Int, _ label: Int) -> Double? {
      label < scores[column].count ? scores[column][label] : nil
    }
    func text(_ column: Int, _ label: Int) -> String {
      score(column, label).map { Insights.percent($0) } ?? "–"
    }
    return PerClass(
      split: evidence.split,
      rows: evidence.names.indices.map { label in
        ClassRow(
          label: Clipped.text(evidence.names[label], 60), precision: text(0, label),
          recall: text(1, label), f1: text(2, label),
          share: Int(((score(2, label) ?? 0) * 100).rounded()),
          support: NumberText.grouped(evidence.matrix.support(label)))
      })
  }
}
