import ExperimentConfig
import Statistics
import Tasks

extension ClassificationTask {
  /// McNemar's test of the accuracy, a bootstrap test of the macro F1, and confidence intervals for
  /// all scores of hard predictions.
  package func pairedTests(_ pairs: PairedPredictions) -> [PairedTest] {
    guard let classes = PairedClasses(pairs) else { return [] }
    let facts = MetricSet(Self.decisionMetrics, task: self).facts
    return CellBootstrap(classes).differences().map { key, values in
      PairedTest(
        key,
        interval: Interval(
          percentilesOf: values.filter(\.isFinite), drawn: values.count,
          method: IntervalMethod(.pairedBootstrap, over: pairs.count, .examples),
          within: facts[key]?.differenceRange),
        result: result(key, values, classes))
    }
  }

  private static var decisionMetrics: [any Metric] {
    let types: [any Metric.Type] = [
      Accuracy.self, BalancedAccuracy.self, Precision.self, Recall.self, F1.self,
    ]
    return types.compactMap { try? $0.init(.none) }
  }

  private func result(
    _ key: String, _ values: [Double], _ classes: PairedClasses
  ) -> PairedTest.Result? {
    switch key {
    case "accuracy":
      let counts = classes.discordant
      let test = McNemar(onlyFirst: counts.onlyA, onlySecond: counts.onlyB)
      let statistic =
        test.method == .chiSquared ? ", χ² = \(NumberText.fixed(test.chiSquared, 2))" : ""
      return .init(
        name: "McNemar, \(test.method.rawValue)",
        detail: "only A right \(counts.onlyA), only B right \(counts.onlyB)\(statistic)",
        p: test.pValue)
    case "f1_macro":
      return .init(
        name: "paired bootstrap", detail: "\(values.count) resamples",
        p: PairedBootstrap.p(values))
    default: return nil
    }
  }

  package func exampleLosses(_ predictions: Predictions) -> [[Double]] {
    [PooledPredictions(predictions).logLosses]
  }
}
