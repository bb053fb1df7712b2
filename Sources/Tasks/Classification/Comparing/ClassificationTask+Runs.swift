import Figures
import Tasks

extension ClassificationTask {
  /// F1 of each class; `nil` for a class that occurs neither among the labels nor among the
  /// predictions of a run. `nil` altogether if the runs have different numbers of classes.
  package func partScores(_ runs: [Predictions?]) -> PartScores? {
    guard let matrices = matrices(runs) else { return nil }
    return PartScores(
      title: "F1 of each class", score: "F1", areShares: true, names: matrices.names,
      values: matrices.runs.map { matrix in
        matrix.map { matrix in
          let report = ClassificationReport(matrix)
          return (0..<matrix.classes).map { report.row(of: $0)?.f1 }
        }
      })
  }

  package func countMatrices(_ runs: [Predictions?]) -> CountMatrices? {
    guard let matrices = matrices(runs) else { return nil }
    return CountMatrices(
      title: "Confusion matrices", rows: "rows are true classes",
      note: "Rows are true classes, columns are predicted classes.", names: matrices.names,
      runs: matrices.runs.map { $0?.rows })
  }

  /// The confusion matrix of each run, and its difference from the first run's.
  package func comparisonDrawings(_ runs: [ComparedAnswers], split: String) -> [Drawing] {
    guard let matrices = matrices(runs.map(\.predictions)) else { return [] }
    let entries = zip(runs, matrices.runs).compactMap { run, matrix in
      matrix.map {
        ConfusionDifferences.Entry(run: run.run, counts: $0.rows, isComparable: run.isComparable)
      }
    }
    return ConfusionDifferences(names: matrices.names, entries: entries).drawings()
  }

  private func matrices(_ runs: [Predictions?]) -> (names: [String], runs: [ConfusionMatrix?])? {
    let all = runs.map { $0?.classes?.confusionMatrix }
    let sizes = Set(all.compactMap { $0?.classes })
    guard sizes.count == 1, let size = sizes.first else { return nil }
    return (classNames.count == size ? classNames : (0..<size).map(String.init), all)
  }
}

extension ConfusionMatrix {
  /// The counts, row by row.
  fileprivate var rows: [[Int]] {
    (0..<classes).map { label in (0..<classes).map { self[label, $0] } }
  }
}
