import Randomness
import Statistics

/// The bootstrap: estimates how much a statistic would vary if other examples had been drawn from
/// the same source.
///
/// A resample draws as many examples as there are, with replacement. Resample r uses the stream
/// (`bootstrap`, step r) with the fixed seed 0, and draw i the integer at position i: all metrics
/// see the same resamples, and equal predictions have equal intervals on every machine.
package enum Bootstrap {
  package static let standardResamples = 1000

  /// The 95% percentile interval of a statistic of resampled examples, given by their indices.
  ///
  /// - Parameters:
  ///   - range: the possible values of the statistic.
  ///   - statistic: returns `nil` if it is undefined for the resample.
  package static func interval(
    count: Int, resamples: Int = standardResamples, within range: ClosedRange<Double>? = nil,
    _ statistic: ([Int]) throws -> Double?
  ) rethrows -> Interval? {
    guard count > 0 else { return nil }
    var indices = [Int](repeating: 0, count: count)
    var values: [Double] = []
    for resample in 0..<resamples {
      stream(resample).forEachDraw(count) { position, index in indices[position] = index }
      if let value = try statistic(indices) { values.append(value) }
    }
    return Interval(
      percentilesOf: values, drawn: resamples, method: method(count), within: range)
  }

  /// Describes how the intervals over `count` examples are computed.
  package static func method(_ count: Int) -> IntervalMethod {
    IntervalMethod(.bootstrap, over: count, .examples, resamples: standardResamples)
  }

  /// Calls `body` with the number of times each example was drawn; the same draws as in `interval`.
  package static func forEachResample(of count: Int, _ resamples: Int, _ body: ([Int32]) -> Void) {
    guard count > 0 else { return }
    for resample in 0..<resamples {
      var times = [Int32](repeating: 0, count: count)
      times.withUnsafeMutableBufferPointer { times in
        stream(resample).forEachDraw(count) { _, index in times[index] &+= 1 }
      }
      body(times)
    }
  }

  /// The random stream of a resample.
  private static func stream(_ resample: Int) -> RandomStream {
    RandomStream(seed: 0, purpose: .bootstrap, step: resample)
  }
}
