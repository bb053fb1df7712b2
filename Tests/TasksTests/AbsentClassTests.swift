import Classification
import Statistics
import Tasks
import TestSupport
import Testing

/// Averages are over the classes that occur among labels or predictions. The values are scikit-learn's.
struct AbsentClassTests {
  /// Classes 0 and 1 of ten, one example taken for class 7.
  private let two = PooledPredictions(
    labels: [0, 0, 0, 1, 1, 1], predictions: [0, 0, 1, 1, 1, 7],
    probabilities: [0, 0, 1, 1, 1, 7].flatMap { answer in (0..<10).map { $0 == answer ? 1 : 0 } },
    classes: 10)

  private func values(_ predictions: PooledPredictions) throws -> [String: Double] {
    try everyMetric().values(predictions).reduce(into: [:]) { $0[$1.key] = $1.value }
  }

  @Test func macroAveragesLeaveOutWhatDoesNotOccur() throws {
    let values = try values(two)
    let expected = [
      "f1_macro": 0.48888888888888893, "precision_macro": 0.5555555555555555,
      "recall_macro": 0.4444444444444444, "balanced_accuracy": 0.6666666666666666,
      "f1_weighted": 0.7333333333333334, "accuracy": 0.6666666666666666,
    ]
    for (key, value) in expected {
      #expect(isClose(values[key] ?? -1, value), "\(key): \(values[key] as Any)")
    }
  }

  @Test func aClassWithoutAnythingHasNoScore() throws {
    let scores = try MetricSet([component("f1")]).perClass(two)
    let f1 = try #require(scores.first?.scores)
    #expect(f1.indices.filter { f1[$0] != nil } == [0, 1, 7])
    #expect(f1[7] == .some(0))
  }

  @Test func theReportNamesThem() {
    let names = (0..<10).map { "c\($0)" }
    let matrix = two.confusionMatrix
    #expect(matrix.withoutExamples.predicted == [7])
    #expect(matrix.withoutExamples.absent == [2, 3, 4, 5, 6, 8, 9])
    let report = ClassificationReport(matrix, names: names)
    #expect(report.labels == [0, 1, 7] && report.hasAccuracy)
    #expect(report.row(of: 7)?.support == 0 && report.row(of: 2) == nil)
    #expect(isClose(report.macro.f1, 0.48888888888888893))
    let file = ClassificationReport.file(matrix, names: names)
    #expect(file.hasPrefix(report.text(digits: 4)))
    #expect(file.contains("\nNo examples, but predicted (0 in the macro averages): c7\n"))
    #expect(
      file.contains("\nNo examples, never predicted (in no average): c2, c3, c4, c5, c6, c8, c9\n"))
    let whole = ConfusionMatrix(labels: [0, 1], predictions: [1, 1], classes: 2)
    #expect(
      ClassificationReport.file(whole, names: ["a", "b"])
        == ClassificationReport(whole, names: ["a", "b"]).text(digits: 4))
  }

  /// A resample without the rare class is judged by the others alone: the interval never falls to where
  /// the absent class would count as 0.
  @Test func resamplesThatLoseAClass() throws {
    let labels = Array(repeating: 0, count: 40) + Array(repeating: 1, count: 40) + [2]
    let perfect = PooledPredictions(
      labels: labels, predictions: labels,
      probabilities: labels.flatMap { label in (0..<3).map { $0 == label ? 1 : 0 } }, classes: 3)
    let intervals = try MetricSet([component("f1"), component("recall")])
      .intervals(perfect, resamples: 200)
    // Nothing varies over the resamples, so there is no interval.
    #expect(intervals["f1_macro"] == nil && intervals["recall_macro"] == nil)
    let oneWrong = PooledPredictions(
      labels: labels, predictions: [1] + labels.dropFirst(),
      probabilities: labels.flatMap { label in (0..<3).map { $0 == label ? 1 : 0 } },
      classes: 3)
    let varying = try MetricSet([component("f1")]).intervals(oneWrong, resamples: 200)
    #expect(try #require(varying["f1_macro"]).lower > 0.9)
  }

  @Test func noExamplesAtAll() throws {
    for value in try everyMetric().values(PooledPredictions(classes: 3)) {
      #expect(value.reason == "there are no examples")
    }
  }
}
