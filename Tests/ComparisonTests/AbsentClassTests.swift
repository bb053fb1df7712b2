import Classification
import Files
import RunRecord
import Tasks
import TestSupport
import Testing

@testable import Comparison

struct AbsentClassTests {
  /// Classes of ten of which few occur, as a fold or a resample may have them.
  @Test(arguments: [
    ([0, 0, 1, 1], [0, 1, 1, 1]), ([3, 3, 3], [3, 3, 3]), ([2, 2, 5], [2, 9, 9]), ([7], [1]),
  ])
  func resampledScoresAreThoseOfTheReport(_ labels: [Int], _ answers: [Int]) {
    var counts = ClassCounts(10)
    for (label, answer) in zip(labels, answers) { counts.add(label, answer, 3) }
    let scores = Dictionary(uniqueKeysWithValues: zip(ClassCounts.keys, counts.scores()))
    let report = ClassificationReport(
      ConfusionMatrix(labels: labels, predictions: answers, classes: 10))
    for (key, value) in [
      ("f1_macro", report.macro.f1), ("precision_macro", report.macro.precision),
      ("recall_macro", report.macro.recall), ("f1_weighted", report.weighted.f1),
    ] {
      #expect(abs((scores[key] ?? -1) - value) < 1e-12, "\(key)")
    }
  }
}

/// Scores of which one run has kept more than the other.
struct RecordedScoresTests {
  /// Writes logits whose softmax are the probabilities of a run.
  private func addScores(_ run: RunDirectory) throws {
    let tables = try run.readPredictions()
    let classes = try #require(tables.values.first).layout.outputs.count
    var file = PredictionsFile(classes: classes, link: .softmax)
    for (split, table) in tables.sorted(by: { $0.key < $1.key }) {
      var other = Predictions(classes: classes, link: .softmax)
      other.folds = table.folds
      other.indices = table.indices
      other.targets = table.targets
      other.answers = table.answers
      other.outputs = table.pooled.logProbabilities
      file.add(other, split: split)
    }
    try run.write([file.bytes], to: "predictions.csv")
  }

  @Test func anOlderRunsRankingsAreSaidNotToCompare() throws {
    let pair = try Pair()
    #expect(pair.diff.scores.allSatisfy { $0.note == nil })
    try addScores(pair.b)
    let diff = pair.diff
    #expect(
      diff.scores.first?.note
        == "A recorded no scores alongside its probabilities, so log loss and ranking metrics "
        + "are not comparable")
    #expect(diff.scores.allSatisfy { $0["loss"]?.test == nil && $0["log_loss"]?.test == nil })
    #expect(diff.scores.contains { $0["accuracy"]?.test != nil })
    let both = RunComparison([pair.a, pair.b])
    #expect(both.cautions.contains { $0.hasPrefix("A recorded no scores") })
    try addScores(pair.a)
    #expect(pair.diff.scores.allSatisfy { $0.note == nil })
    #expect(RunComparison([pair.a, pair.b]).cautions.isEmpty)
  }
}
