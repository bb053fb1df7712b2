import Classification
import ExperimentConfig
import Foundation
import Randomness
import Statistics
import Tasks
import TestSupport
import Testing

struct BootstrapTests {
  struct File: Decodable { let cases: [Case] }

  struct Case: Decodable {
    let `case`: Int
    let resamples: Int
    let first: [Int]
    let intervals: [String: [Double]]
  }

  /// Against resamples drawn anew in Python and given to scikit-learn one by one; make_bootstrap.py.
  @Test func intervalsAgree() throws {
    let cases = try fixture(File.self, "bootstrap.json").cases
    #expect(cases.count == 10)
    for item in cases {
      let predictions = RandomCase(item.case).predictions
      let intervals = try everyMetric().intervals(predictions, resamples: item.resamples)
      for (key, bounds) in item.intervals {
        // Where no resample differs, they say nothing about how much the score varies.
        if isClose(bounds[0], bounds[1]) {
          #expect(intervals[key] == nil, "case \(item.case), \(key)")
          continue
        }
        let own = try #require(intervals[key], "case \(item.case), \(key)")
        #expect(
          isClose(own.lower, bounds[0]) && isClose(own.upper, bounds[1]),
          "case \(item.case), \(key): \(own), not \(bounds)")
      }
      for key in intervals.keys where key.hasPrefix("roc_auc") || key.hasPrefix("average") {
        #expect(predictions.classes == 2 || item.intervals[key] != nil, "case \(item.case), \(key)")
      }
      var first: [Int]?
      _ = Bootstrap.interval(count: predictions.count, resamples: 1) {
        first = $0
        return 0
      }
      #expect(first == item.first)
    }
  }

  @Test func drawsAreThoseOfTheStream() {
    var resamples: [[Int]] = []
    _ = Bootstrap.interval(count: 7, resamples: 3) {
      resamples.append($0)
      return 0
    }
    for (index, drawn) in resamples.enumerated() {
      let stream = RandomStream(seed: 0, purpose: .bootstrap, step: index)
      #expect(drawn == (0..<7).map { stream.integer(below: 7, at: $0) })
    }
  }

  /// The counted resamples are the same as those given as indices.
  @Test func countingIsOnlyFaster() throws {
    for number in [3, 7, 12, 31] {
      let all = RandomCase(number).predictions
      let metrics = try everyMetric()
      let counted = metrics.intervals(all, resamples: 100)
      for (key, own) in counted {
        let naive = Bootstrap.interval(count: all.count, resamples: 100) { indices in
          let drawn = PooledPredictions(
            labels: indices.map { all.labels[$0] },
            predictions: indices.map { all.predictions[$0] },
            scores: indices.flatMap { index in
              all.scores[(index * all.classes)..<((index + 1) * all.classes)]
            }, link: all.link, classes: all.classes)
          return metrics.values(drawn).first { $0.key == key }?.value
        }
        let other = try #require(naive, "\(key)")
        #expect(own.method.resamples == other.method.resamples)
        #expect(isClose(own.lower, other.lower) && isClose(own.upper, other.upper), "\(key)")
        if ["accuracy", "f1_macro"].contains(key) {
          #expect(own.lower == other.lower && own.upper == other.upper)
        }
      }
    }
  }

  @Test func coversTheValueAndIsTheSameEveryTime() throws {
    let predictions = RandomCase(7).predictions
    let metrics = try everyMetric()
    let intervals = metrics.intervals(predictions)
    #expect(intervals == metrics.intervals(predictions))
    let interval = try #require(intervals["accuracy"])
    let accuracy = try #require(metrics.values(predictions).first { $0.key == "accuracy" }?.value)
    #expect(interval.lower <= accuracy && accuracy <= interval.upper)
    #expect(
      interval.method
        == IntervalMethod(.bootstrap, over: predictions.count, .examples, resamples: 1000))
  }

  /// Resampling makes few examples look worse calibrated than they are: an interval that does not contain
  /// what it is about would mislead.
  @Test func anIntervalContainsItsValue() throws {
    var missing = 0
    for seed in 0..<40 {
      let stream = RandomStream(seed: UInt64(seed), purpose: .split)
      var labels: [Int] = []
      var scores: [Double] = []
      for example in 0..<40 {
        let score = 6 * stream.uniform64(2 * example) - 3
        labels.append(stream.uniform64(2 * example + 1) < 1 / (1 + exp(score)) ? 0 : 1)
        scores += [0, score]
      }
      let predictions = PooledPredictions(
        labels: labels, predictions: ScoreLink.largest(scores, classes: 2), scores: scores,
        link: .softmax, classes: 2)
      let metrics = try everyMetric(k: 1)
      let values = Dictionary(
        uniqueKeysWithValues: metrics.values(predictions).map { ($0.key, $0.value) })
      let intervals = metrics.intervals(predictions, resamples: 200)
      for (key, interval) in intervals {
        #expect(interval.contains(try #require(values[key] ?? nil)), "\(key)")
      }
      if intervals["expected_calibration_error"] == nil { missing += 1 }
    }
    #expect((1..<40).contains(missing))
  }

  @Test func whatIsRarelyDefinedHasNoInterval() throws {
    #expect(try everyMetric().intervals(PooledPredictions(classes: 3)).isEmpty)
    #expect(Bootstrap.interval(count: 0) { _ in 1 } == nil)
    var calls = 0
    let none = Bootstrap.interval(count: 4, resamples: 10) { _ in
      calls += 1
      return calls <= 4 ? 1 : nil
    }
    #expect(none == nil)
    let some = Bootstrap.interval(count: 4, resamples: 10) { _ in
      calls += 1
      return calls % 2 == 0 ? Double(calls) : nil
    }
    #expect(some?.method.resamples == 5)
  }

  /// numpy.percentile of 0…9.
  @Test func percentilesAreInterpolated() {
    var next = -1.0
    let interval = Bootstrap.interval(count: 1, resamples: 10) { _ in
      next += 1
      return next
    }
    #expect(interval.map { isClose($0.lower, 0.225) && isClose($0.upper, 8.775) } == true)
  }
}
