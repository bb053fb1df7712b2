import Figures
import Tasks

extension ClassificationTask {
  package static let captions: [(name: String, caption: String)] = [
    ("per_class", "Precision, recall and F1 of each class"),
    ("confusion_matrix", "Confusion matrix, counts"),
    ("confusion_matrix_normalised", "Confusion matrix, normalised by true class"),
    ("roc", "ROC curves, each class against the rest"),
    ("precision_recall", "Precision and recall"),
    ("reliability", "Reliability: confidence against accuracy"),
  ]

  package static let notableTitle = "Most confidently wrong"

  package func drawings(
    _ predictions: Predictions, split: String, runName: String
  ) -> [Drawing] {
    let table = PooledPredictions(predictions)
    let confusion = ConfusionPlots(table, names: classNames, split: split, runName: runName)
    let scores = ClassScorePlot(
      counts: confusion.counts, names: classNames, split: split, runName: runName)
    let result = confusion.drawings() + [scores.drawing()]
    guard table.scores.allSatisfy(\.isFinite) else {
      return result
        + [Reliability.name, "roc", "precision_recall"].map {
          .skipped(name: $0, reason: "not all probabilities are finite")
        }
    }
    let ranking = RankingPlots(table, names: classNames, split: split, runName: runName)
    return result + [
      Reliability(table).drawing(split: split, runName: runName), ranking.roc(),
      ranking.precisionRecall(),
    ]
  }

  package func notable(_ predictions: Predictions, _ count: Int) -> [NotableExample] {
    let table = PooledPredictions(predictions)
    func name(_ label: Int) -> String { GnuplotText.shortened(classNames[label], 12) }
    return table.mostConfidentMistakes(count).map { row in
      NotableExample(
        row: row,
        lines: [
          "true  \(name(table.labels[row]))", "pred  \(name(table.predictions[row]))",
          "\(table.confidence(at: row).percent)% sure",
        ])
    }
  }
}

extension ClassificationTask: TabulatedFigures {
  package static let tabulated = ["confusion_matrix"]
}
