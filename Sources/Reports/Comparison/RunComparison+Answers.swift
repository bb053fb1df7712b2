import Figures
import Report
import RunRecord
import Tasks

extension RunComparison {
  /// The terms that comparisons use for the task of the runs.
  package var terms: ComparisonTerms {
    (runs.first { $0.task(for: split) != nil } ?? runs.first)?.terms ?? ComparisonTerms(scores: [])
  }

  /// Whether the prediction counts of one run may be subtracted from those of another.
  package func isSubtractable(_ first: Int, _ second: Int) -> Bool {
    guard CommonGround.obstacle(split, runs[first], runs[second]) == nil else { return false }
    return runs[first].evidence.predictions[split]?.count
      == runs[second].evidence.predictions[split]?.count
  }

  /// The figures that the task draws of the predictions.
  ///
  /// - Parameter names: the name of each run in the figures.
  package func drawings(_ names: [String]) -> [Drawing] {
    guard let task = runs.lazy.compactMap({ $0.task(for: split) }).first else { return [] }
    let answers = Self.answers(runs, split, task)
    guard let first = answers.firstIndex(where: { $0 != nil }) else { return [] }
    let compared = answers.enumerated().compactMap { index, predictions in
      predictions.map {
        ComparedAnswers(
          run: names[index], predictions: $0, isComparable: isSubtractable(first, index))
      }
    }
    return task.comparisonDrawings(compared, split: split)
  }

  /// The predictions of each run that fit the task; `nil` for runs without any.
  static func answers(
    _ runs: [ComparedRun], _ split: String, _ task: (any Task)?
  ) -> [Predictions?] {
    runs.map { run in
      guard let task, let predictions = run.evidence.predictions[split], predictions.count > 0,
        task.layout(predictions.layout.link).targets == predictions.layout.targets
      else { return nil }
      return predictions
    }
  }
}
