import Randomness

/// The range that holds the middle 95 % of the values over resamples.
package struct ConfidenceInterval: Codable, Sendable, Equatable {
  package let lower: Double
  package let upper: Double
  /// Resamples in which the value was defined.
  package let resamples: Int

  package init(lower: Double, upper: Double, resamples: Int) {
    self.lower = lower
    self.upper = upper
    self.resamples = resamples
  }

  /// Nothing where fewer than half of the resamples define the value.
  init?(of values: [Double], resamples: Int) {
    guard !values.isEmpty, values.count * 2 >= resamples else { return nil }
    let sorted = values.sorted()
    lower = Self.quantile(sorted, 0.025)
    upper = Self.quantile(sorted, 0.975)
    self.resamples = values.count
  }

  /// Between the two nearest values, linearly: numpy's default.
  static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    let position = share * Double(sorted.count - 1)
    let below = Int(position)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
  }
}

/// The bootstrap: how much a number would vary, had other examples been drawn from the same source.
///
/// A resample draws as many examples as there are, with replacement. Resample r is the stream
/// (`bootstrap`, step r) under the fixed seed 0, its draw i the whole number at position i: all metrics
/// see the same resamples, and equal predictions have equal intervals on every machine.
package enum Bootstrap {
  package static let standardResamples = 1000

  /// The 95 % percentile interval of a statistic of resampled examples, given by their indices.
  ///
  /// - Parameter statistic: nothing where the resample does not define it.
  package static func interval(
    count: Int, resamples: Int = standardResamples, _ statistic: ([Int]) throws -> Double?
  ) rethrows -> ConfidenceInterval? {
    guard count > 0 else { return nil }
    var indices = [Int](repeating: 0, count: count)
    var values: [Double] = []
    for resample in 0..<resamples {
      draw(count, resample) { position, index in indices[position] = index }
      if let value = try statistic(indices) { values.append(value) }
    }
    return ConfidenceInterval(of: values, resamples: resamples)
  }

  /// Calls `body` with how often each example was drawn; the same draws as in `interval`.
  static func forEachResample(of count: Int, _ resamples: Int, _ body: ([Int32]) -> Void) {
    guard count > 0 else { return }
    for resample in 0..<resamples {
      var times = [Int32](repeating: 0, count: count)
      times.withUnsafeMutableBufferPointer { times in
        draw(count, resample) { _, index in times[index] &+= 1 }
      }
      body(times)
    }
  }

  /// Calls `body` with each position and what `RandomStream.integer(below:at:)` has there.
  @inline(__always)
  private static func draw(_ count: Int, _ resample: Int, _ body: (Int, Int) -> Void) {
    let stream = RandomStream(seed: 0, purpose: .bootstrap, step: resample)
    let bound = UInt64(count)
    for pair in 0..<((count + 1) / 2) {
      let words = stream.block(pair)
      let first = UInt64(words.x) | UInt64(words.y) << 32
      body(2 * pair, Int(first.multipliedFullWidth(by: bound).high))
      if 2 * pair + 1 < count {
        let second = UInt64(words.z) | UInt64(words.w) << 32
        body(2 * pair + 1, Int(second.multipliedFullWidth(by: bound).high))
      }
    }
  }
}
