import Statistics

/// The answers of two models to the same examples, in the same row order.
package struct PairedPredictions: Sendable {
  package let a: Predictions
  package let b: Predictions

  /// - Precondition: both have the same number of rows.
  package init(a: Predictions, b: Predictions) {
    precondition(a.count == b.count)
    self.a = a
    self.b = b
  }

  package var count: Int { a.count }
}

/// A test of whether two models' scores on the same examples differ by more than noise.
package struct PairedTest: Sendable {
  /// The `summary.json` key.
  package var key: String
  /// The confidence interval of B's score minus A's.
  package var interval: Interval?
  /// `nil` if only the interval is known.
  package var result: Result?

  package struct Result: Sendable {
    package var name: String
    /// The test's inputs, such as `b = 22, c = 10`.
    package var detail: String
    package var p: Double

    package init(name: String, detail: String, p: Double) {
      self.name = name
      self.detail = detail
      self.p = p
    }
  }

  package init(_ key: String, interval: Interval? = nil, result: Result? = nil) {
    self.key = key
    self.interval = interval
    self.result = result
  }
}

extension Task {
  /// The paired bootstrap of every value of `metrics`: both models are scored on the same
  /// resamples, which are those of ``PairedBootstrap``.
  ///
  /// - Parameter tested: the keys that get a test besides their interval.
  package func bootstrap(
    _ pairs: PairedPredictions, _ metrics: [any Metric], tested: Set<String>,
    resamples: Int = Bootstrap.standardResamples
  ) -> [PairedTest] {
    let (a, b) = (sample(pairs.a), sample(pairs.b))
    func differences() -> [(key: String, value: Double?)] {
      metrics.flatMap { metric in
        zip(metric.values(of: a), metric.values(of: b)).map { first, second in
          (first.key, first.value.flatMap { x in second.value.map { $0 - x } })
        }
      }
    }
    let keys = differences().map(\.key)
    var found = [[Double]](repeating: [], count: keys.count)
    PairedBootstrap.forEachResample(of: pairs.count, resamples) { times in
      a.repeated(times)
      b.repeated(times)
      for (place, item) in differences().enumerated() {
        if let value = item.value, value.isFinite { found[place].append(value) }
      }
    }
    let facts = MetricSet(metrics, task: self).facts
    return zip(keys, found).map { key, values in
      let interval = Interval(
        percentilesOf: values, drawn: resamples,
        method: IntervalMethod(.pairedBootstrap, over: pairs.count, .examples),
        within: facts[key]?.differenceRange)
      let isTested = tested.contains(key) && values.count == resamples
      return PairedTest(
        key, interval: interval,
        result: isTested
          ? .init(
            name: "paired bootstrap", detail: "\(values.count) resamples",
            p: PairedBootstrap.p(values)) : nil)
    }
  }
}
