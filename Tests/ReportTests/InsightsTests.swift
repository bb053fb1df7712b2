import Classification
import DataSchema
import Report
import RunRecord
import Tasks
import TestSupport
import Testing

@Suite struct InsightsTests {
  /// The insight about `topic` of curves and a matrix made up for it.
  private func insight(
    _ topic: Insight.Topic, validation: [Double] = [], training: [Double] = [],
    best: Int? = nil, matrix: [[Int]]? = nil, sure: Float = 0.95
  ) -> Insight? {
    let records = validation.indices.map { index in
      var values = ["val_loss": validation[index]]
      if index < training.count { values["train_loss"] = training[index] }
      return EpochRecord(fold: 0, epoch: index + 1, values: values)
    }
    return Insights(
      curve: LearningCurve(records), bestEpoch: best, primary: .accuracy,
      report: matrix.map { report($0, sure: sure) } ?? TaskReport()
    ).all.first { $0.topic == topic }
  }

  /// What the task says of answers with these counts.
  private func report(_ rows: [[Int]], sure: Float) -> TaskReport {
    var table = Predictions(classes: rows.count)
    for (label, row) in rows.enumerated() {
      for (predicted, count) in row.enumerated() {
        for _ in 0..<count {
          table.folds.append(0)
          table.indices.append(table.count)
          table.targets.append(Float(label))
          table.answers.append(predicted)
          table.outputs += rows.indices.map { $0 == predicted ? Double(sure) : 0 }
        }
      }
    }
    return task(rows.count).report(RunAnswers(predictions: ["test": table]))
  }

  private func task(_ classes: Int) -> any Task {
    let names = (0..<classes).map { "c\($0)" }
    return ClassificationTask(DataField("label", .category(names)))
      ?? ClassificationTask(classes: classes)
  }

  @Test func flatLossHasConverged() {
    let found = insight(.convergence, validation: [1, 0.5, 0.3, 0.3, 0.301, 0.3, 0.299, 0.3])
    #expect(found?.tone == .good)
    #expect(found?.text.hasPrefix("Converged") == true)
  }

  @Test func fallingLossHasNotConverged() {
    let found = insight(.convergence, validation: [1, 0.9, 0.8, 0.7, 0.6, 0.5])
    #expect(found?.text.contains("fell by") == true)
  }

  @Test func risingLossIsPastItsBest() {
    let found = insight(.convergence, validation: [1, 0.5, 0.3, 0.4, 0.5, 0.6, 0.7])
    #expect(found?.tone == .warning)
    #expect(found?.text.contains("rose by") == true)
  }

  @Test(arguments: 1...3) func fewEpochsTellNothing(count: Int) {
    let found = insight(.convergence, validation: Array(repeating: 1, count: count))
    #expect(found?.text.contains("cannot be judged") == true)
  }

  @Test func risingValidationLossIsOverfitting() {
    let found = insight(
      .fit, validation: [1, 0.5, 0.6, 0.7], training: [1, 0.5, 0.3, 0.1])
    #expect(found?.tone == .warning)
    #expect(found?.text.hasPrefix("Overfit since epoch 2") == true)
  }

  @Test func lossesThatAreNoNumbersDiverged() {
    let found = insight(.divergence, validation: [1, .nan, .nan])
    #expect(found?.text.contains("validation loss was not a finite number in epoch 2") == true)
    #expect(insight(.convergence, validation: [1, .nan, .nan]) == nil)
  }

  @Test(arguments: [(8, "last epoch"), (2, "did not improve"), (6, "6 of 8")])
  func bestEpoch(best: Int, words: String) {
    let found = insight(.bestEpoch, validation: Array(repeating: 1, count: 8), best: best)
    #expect(found?.text.contains(words) == true)
  }

  @Test func easyHardAndConfusedClasses() {
    let matrix = [[10, 0, 0, 0], [0, 6, 4, 0], [0, 1, 9, 0], [0, 0, 1, 9]]
    #expect(insight(.easiest, matrix: matrix)?.text.hasPrefix("Easiest: ‘c0’ (F1 100.0%)") == true)
    #expect(insight(.hardest, matrix: matrix)?.text.hasPrefix("Hardest: ‘c1’") == true)
    let confused = insight(.confusions, matrix: matrix)?.text
    #expect(
      confused
        == "Most often confused: ‘c1’ taken for ‘c2’ 4 times, the other way round 1; "
        + "‘c3’ taken for ‘c2’ once.")
  }

  @Test func perfectPredictionsHaveNoConfusions() {
    let matrix = [[10, 0], [0, 10]]
    for topic in [Insight.Topic.confusions, .easiest, .hardest, .confidence, .balance] {
      #expect(insight(topic, matrix: matrix) == nil)
    }
  }

  @Test func confidentErrorsAreCounted() {
    let text = insight(.confidence, matrix: [[8, 2], [1, 9]], sure: 0.95)?.text
    #expect(text?.hasPrefix("3 of 3 errors were made with a probability of 90% or more") == true)
    #expect(text?.contains("more than its accuracy justifies") == true)
    let modest = insight(.confidence, matrix: [[8, 2], [1, 9]], sure: 0.85)?.text
    #expect(modest?.hasPrefix("None of the errors") == true)
  }

  @Test func imbalanceAndMissingClasses() {
    #expect(insight(.balance, matrix: [[30, 0], [0, 10]])?.tone == .warning)
    #expect(insight(.balance, matrix: [[16, 0], [0, 10]])?.tone == .neutral)
    #expect(insight(.balance, matrix: [[11, 0], [0, 10]]) == nil)
    #expect(
      insight(.balance, matrix: [[0, 0], [2, 10]])?.text.contains("no example of ‘c0’") == true)
    let missing = insight(
      .balance, matrix: [[5, 0, 0, 1], [0, 0, 0, 0], [0, 0, 4, 0], [0, 0, 0, 0]])
    #expect(missing?.tone == .warning)
    #expect(missing?.text.contains("no example of ‘c1’ and ‘c3’") == true)
    #expect(missing?.text.contains("averages leave out ‘c1’") == true)
    #expect(missing?.text.contains("predicted ‘c3’ all the same") == true)
  }

  @Test func worseThanGuessingIsSaid() {
    #expect(insight(.overall, matrix: [[1, 9], [1, 9]])?.tone == .warning)
    #expect(insight(.overall, matrix: [[9, 1], [1, 9]])?.tone == .good)
  }

  @Test func nothingIsSaidOfNothing() {
    let none = task(2).report(RunAnswers())
    let curve = LearningCurve([])
    #expect(Insights(curve: curve, bestEpoch: nil, primary: .accuracy, report: none).all.isEmpty)
    let empty = Array("x,a,b\na,0,0\nb,0,0\n".utf8)
    let file = task(2).report(RunAnswers(files: ["confusion_matrix.csv": empty]))
    let all = Insights(curve: curve, bestEpoch: 1, primary: .accuracy, report: file).all
    #expect(all.map(\.topic) == [.balance])
  }

  /// What runs without `predictions.csv` still say.
  @Test func aMatrixOfCountsIsEnough() throws {
    let counts = Array("x,cat,dog\ncat,8,2\ndog,1,9\n".utf8)
    let report = task(2).report(RunAnswers(files: ["confusion_matrix.csv": counts]))
    #expect(
      report.overall?.text
        == "85.00% of 20 test examples are right (3 errors); always predicting the most "
        + "frequent class "
        + "would give 50.0%.")
    #expect(report.guessing == 0.5)
    #expect(report.insights.contains { $0.text.contains("‘cat’ taken for ‘dog’ twice") })
    #expect(!report.insights.contains { $0.topic == .confidence })
    #expect(report.sections.map(\.title) == ["Classes"])
  }

  @Test func namesOfOldRunsAreThoseOfTheirFiles() throws {
    let counts = Array("x,cat,dog\ncat,8,2\ndog,1,9\n".utf8)
    let answers = RunAnswers(
      predictions: ["test": Predictions(classes: 2)], files: ["confusion_matrix.csv": counts])
    let task = try #require(
      ClassificationTask(classes: 2).adopting(answers) as? ClassificationTask)
    #expect(task.classNames == ["cat", "dog"])
    let other = RunAnswers(
      predictions: ["test": Predictions(classes: 3)], files: ["confusion_matrix.csv": counts])
    let kept = ClassificationTask(classes: 3).adopting(other) as? ClassificationTask
    #expect(kept?.classNames == ["0", "1", "2"])
  }

  @Test func setsThatDifferMoreThanChance() {
    func insight(_ validation: Double, _ test: Double) -> Insight? {
      Insights(
        curve: LearningCurve([]), bestEpoch: nil, primary: .accuracy,
        validation: SplitScore(validation, count: 10_000), test: SplitScore(test, count: 10_000)
      ).all.first { $0.topic == .generalisation }
    }
    #expect(insight(0.95, 0.949)?.tone == .good)
    #expect(insight(0.95, 0.9)?.tone == .warning)
    #expect(insight(0.9, 0.95)?.tone == .neutral)
    #expect(
      insight(0.95, 0.9)?.text
        == "Test accuracy is 5.0 points below validation accuracy, more than chance explains.")
  }

  @Test func foldsAreAveraged() {
    let curve = LearningCurve([
      EpochRecord(fold: 1, epoch: 1, values: ["val_loss": 1]),
      EpochRecord(fold: 2, epoch: 1, values: ["val_loss": 3]),
      EpochRecord(fold: 1, epoch: 2, values: ["val_loss": 0.5]),
    ])
    #expect(curve.epochs == [1, 2])
    #expect(curve["val_loss"] == [2, 0.5])
  }
}
