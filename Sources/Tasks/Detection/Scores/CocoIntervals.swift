import Dispatch
import Statistics
import Tasks

/// How much AP and AP50 would vary if other images had been drawn from the same source: the bootstrap over images.
/// An image counts as often as it was drawn; matching is not repeated.
///
/// Precision is interpolated by maxima, which the repetitions in a resample raise, so that resampled scores lie above
/// the score. They are shifted until their mean is the score.
package struct CocoIntervals: Sendable {
  package let ap: Interval?
  package let ap50: Interval?

  /// - Parameter scores: those of the matches.
  package init(
    _ matches: DetectionMatches, _ scores: CocoScores, resamples: Int = Bootstrap.standardResamples
  ) {
    var values: [ResampledScores] = []
    ResampledScores.forEachBatch(matches.imageCount, resamples, isPaired: false) { times in
      values += ResampledScores.of(matches, times)
    }
    let method = Bootstrap.method(matches.imageCount)
    func interval(_ key: String, _ score: (ResampledScores) -> Double?) -> Interval? {
      guard let estimate = scores[key]?.value else { return nil }
      return Interval(
        percentilesOf: ResampledScores.centred(values.compactMap(score), estimate),
        drawn: resamples, method: method, within: 0...1)
    }
    ap = interval("ap", \.ap)
    ap50 = interval("ap50", \.ap50)
  }
}

/// The scores on one resample; `nil` if no category has a box to be found.
struct ResampledScores: Sendable {
  var ap: Double?
  var ap50: Double?

  /// Resamples that are held in memory at once.
  private static let batch = 64

  /// Calls `body` with the numbers of times that each image was drawn, for several resamples at once.
  ///
  /// - Parameter isPaired: whether two models are compared, whose resamples are other ones.
  static func forEachBatch(
    _ count: Int, _ resamples: Int, isPaired: Bool, _ body: ([[Int32]]) -> Void
  ) {
    var times: [[Int32]] = []
    func add(_ drawn: [Int32]) {
      times.append(drawn)
      if times.count == batch {
        body(times)
        times.removeAll(keepingCapacity: true)
      }
    }
    if isPaired {
      PairedBootstrap.forEachResample(of: count, resamples, add)
    } else {
      Bootstrap.forEachResample(of: count, resamples, add)
    }
    if !times.isEmpty { body(times) }
  }

  /// Values shifted until their mean is `estimate`.
  static func centred(_ values: [Double], _ estimate: Double) -> [Double] {
    let shift = estimate - (CocoScores.mean(values) ?? 0)
    return values.map { $0 + shift }
  }

  /// The scores on resamples, each computed by one thread, so that the result does not depend on their number.
  static func of(_ matches: DetectionMatches, _ times: [[Int32]]) -> [ResampledScores] {
    var scores = [ResampledScores](repeating: ResampledScores(), count: times.count)
    scores.withUnsafeMutableBufferPointer { scores in
      // Each iteration has a place of its own.
      nonisolated(unsafe) let scores = scores
      DispatchQueue.concurrentPerform(iterations: times.count) { index in
        scores[index] = ResampledScores(matches, times[index])
      }
    }
    return scores
  }

  private init() {}

  init(_ matches: DetectionMatches, _ times: [Int32]) {
    let pooled = PrecisionRecall()
    var (all, half): ([Double], [Double]) = ([], [])
    times.withUnsafeBufferPointer { times in
      for category in matches.categories {
        pooled.pool(category, .all, most: matches.rules.most, times: times)
        guard let ap = pooled.meanAveragePrecision, let ap50 = pooled.averagePrecision(0) else {
          continue
        }
        all.append(ap)
        half.append(ap50)
      }
    }
    ap = CocoScores.mean(all)
    ap50 = CocoScores.mean(half)
  }
}
