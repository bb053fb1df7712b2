import Classification
import Diagnostics
import ExperimentConfig
import Tasks
import TestSupport
import Testing

struct MetricSetTests {
  private static let names = [
    "accuracy", "top_k_accuracy", "balanced_accuracy", "precision", "recall", "f1",
    "confusion_matrix", "roc_auc", "average_precision", "log_loss", "brier",
    "expected_calibration_error", "cohen_kappa", "matthews_corrcoef",
  ]

  @Test func everyMetricIsDocumented() throws {
    #expect(ClassificationTask.metrics.map { $0.schema.name } == Self.names)
    for type in ClassificationTask.metrics {
      let schema = type.schema
      #expect(schema.doc.hasSuffix("."))
      let direction: String? =
        switch type.higherIsBetter {
        case true: "igher is better."
        case false: "ower is better."
        default: nil
        }
      if let direction { #expect(schema.doc.hasSuffix(direction), "\(schema.name)") }
      #expect((direction == nil) == (schema.name == "confusion_matrix"))
    }
    #expect(ClassificationTask.policy.contains("zero_division = 0"))
  }

  /// A monitor or an objective that is called as in other tools.
  @Test func otherToolsWordsAreUnderstood() throws {
    let metrics = try MetricSet([component("recall"), component("roc_auc")])
    #expect(metrics.hint(for: "acc") == "did you mean 'accuracy'?")
    #expect(metrics.hint(for: "auc") == "did you mean 'roc_auc_macro'?")
    #expect(metrics.hint(for: "sensitivity") == "did you mean 'recall_macro'?")
    #expect(metrics.hint(for: "acuracy") == "did you mean 'accuracy'?")
    #expect(metrics.hint(for: "kappa") == nil)
  }

  @Test func valuesComeInTheOrderOfTheNames() throws {
    let metrics = try MetricSet(
      [component("recall"), component("confusion_matrix"), component("accuracy")])
    let predictions = RandomCase(0).predictions
    #expect(
      metrics.values(predictions).map(\.key)
        == ["recall_macro", "recall_micro", "recall_weighted", "accuracy"])
    #expect(metrics.contains("confusion_matrix"))
    #expect(!metrics.contains("f1"))
    let intervals = metrics.intervals(predictions, resamples: 10)
    #expect(Set(intervals.keys) == ["recall_macro", "accuracy"])
  }

  @Test func argumentsAreHeard() throws {
    let predictions = RandomCase(7).predictions
    let metrics = try MetricSet([component("top_k_accuracy", ["k": 2])])
    #expect(metrics.values(predictions).map(\.key) == ["top_2_accuracy"])
    let all = try MetricSet([component("top_k_accuracy", ["k": predictions.classes])])
    #expect(all.values(predictions).map(\.value) == [1])
    let few = PooledPredictions(
      labels: [0, 1, 0], predictions: [0, 0, 0],
      probabilities: [0.45, 0.3, 0.25, 0.6, 0.2, 0.2, 0.95, 0.03, 0.02], classes: 3)
    for (bins, expected) in [(1, 0), (2, 1.1 / 3), (15, 0.4)] {
      let metrics = try MetricSet([component("expected_calibration_error", ["bins": bins])])
      let value = try #require(metrics.values(few)[0].value)
      #expect(isClose(value, expected, 1e-7), "\(bins) bins")
    }
    #expect(throws: ProgramFault.self) { try MetricSet([component("top_k_accuracy")]) }
    #expect(throws: ProgramFault.self) { try MetricSet([component("mse")]) }
  }

  /// Equal to the last bit, however the examples were batched.
  @Test(arguments: [1, 2, 7, 64])
  func batchesDoNotMatter(_ size: Int) throws {
    for number in 0..<40 {
      let all = RandomCase(number).predictions
      var pooled = PooledPredictions(classes: all.classes)
      var start = 0
      while start < all.count {
        let part = start..<min(start + size, all.count)
        pooled.append(
          PooledPredictions(
            labels: Array(all.labels[part]), predictions: Array(all.predictions[part]),
            scores: Array(
              all.scores[(part.lowerBound * all.classes)..<(part.upperBound * all.classes)]),
            link: all.link, classes: all.classes))
        start += size
      }
      let metrics = try everyMetric()
      #expect(metrics.values(pooled) == metrics.values(all))
    }
  }

  /// A training that diverged: what needs probabilities says so, what needs only classes goes on.
  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func probabilitiesThatAreNoNumbers(_ bad: Float) throws {
    let predictions = PooledPredictions(
      labels: [0, 1, 2], predictions: [0, 1, 1],
      probabilities: [1, 0, 0, 0, 1, 0, 0, bad, 0], classes: 3)
    let metrics = try everyMetric()
    for value in metrics.values(predictions) {
      let needsProbabilities = ["top_", "roc_", "average_", "log_", "brier", "expected_"].contains {
        value.key.hasPrefix($0)
      }
      #expect(
        value.reason == (needsProbabilities ? "a probability is not a finite number" : nil),
        "\(value)")
    }
    #expect(metrics.perClass(predictions).map(\.name) == ["precision", "recall", "f1"])
    #expect(metrics.intervals(predictions, resamples: 20)["log_loss"] == nil)
    #expect(metrics.intervals(predictions, resamples: 20)["accuracy"] != nil)
  }

  @Test func aClassThatWasCertainAndWrongCostsThirtySixNats() throws {
    let predictions = PooledPredictions(
      labels: [0], predictions: [1], probabilities: [0, 1], classes: 2)
    let value = try MetricSet([component("log_loss")]).values(predictions)[0].value
    #expect(value.map { isClose($0, 36.04365338911715) } == true)
    #expect(try MetricSet([component("brier")]).values(predictions)[0].value == 2)
  }

  @Test func aSingleClass() throws {
    let predictions = PooledPredictions(
      labels: [0, 0], predictions: [0, 0], probabilities: [1, 1], classes: 1)
    let values = try everyMetric().values(predictions)
    #expect(values.first { $0.key == "accuracy" }?.value == 1)
    #expect(
      values.first { $0.key == "roc_auc_macro" }?.reason == "the labels contain only one class")
  }

  @Test func binsHoldTheirUpperEnd() {
    let predictions = PooledPredictions(
      labels: [0, 0, 1, 1], predictions: [0, 0, 0, 1],
      probabilities: [0.5, 0.5, 0.75, 0.25, 1, 0, 0, 0], classes: 2)
    let bins = CalibrationBins(predictions, count: 2).bins
    #expect(bins.map(\.count) == [2, 2])
    #expect(bins.map(\.confidence) == [0.25, 0.875])
    #expect(bins.map(\.accuracy) == [1, 0.5])
    #expect(bins.map(\.upper) == [0.5, 1])
    #expect(CalibrationBins(predictions, count: 100).bins[3].accuracy == nil)
  }

  @Test func refusesWhatDoesNotFitTogether() async {
    await #expect(processExitsWith: .failure) {
      _ = PooledPredictions(labels: [0], predictions: [2], probabilities: [1, 0], classes: 2)
    }
    await #expect(processExitsWith: .failure) {
      _ = PooledPredictions(labels: [0], predictions: [0], probabilities: [1], classes: 2)
    }
  }
}
