import BoxAnnotations
import Statistics
import Tasks

/// Whether one model's AP differs from another's by more than the choice of images explains: the paired bootstrap
/// over images, with both models scored on the same resamples.
package struct CocoDifference: Sendable {
  package enum Outcome: String, Sendable {
    case identical
    case indistinguishable
    case aBetter = "A better"
    case bBetter = "B better"
    case notComparable = "not comparable"
  }

  package static let resamples = 2000
  private static let significance = 0.05

  package let outcome: Outcome
  /// AP of B less that of A; `nil` if either is undefined.
  package let difference: Double?
  package let interval: Interval?
  package let p: Double?

  /// - Parameters:
  ///   - a: a model's detections, as `b` matched to the same annotations by the same rules.
  ///   - isSame: whether the two have the same detections.
  package init(
    _ a: DetectionMatches, _ b: DetectionMatches, isSame: Bool, resamples: Int = resamples
  ) {
    let scores = [a, b].map { CocoScores($0)["ap"]?.value }
    guard let first = scores[0], let second = scores[1] else {
      (outcome, difference, interval, p) = (.notComparable, nil, nil, nil)
      return
    }
    difference = second - first
    if isSame {
      (outcome, interval, p) = (.identical, nil, nil)
      return
    }
    var values: [Double] = []
    ResampledScores.forEachBatch(a.imageCount, resamples, isPaired: true) { times in
      for (a, b) in zip(ResampledScores.of(a, times), ResampledScores.of(b, times)) {
        if let a = a.ap, let b = b.ap { values.append(b - a) }
      }
    }
    let interval = Interval(
      percentilesOf: values, drawn: resamples,
      method: IntervalMethod(.pairedBootstrap, over: a.imageCount, .examples))
    let p = interval == nil ? nil : PairedBootstrap.p(values)
    (self.interval, self.p) = (interval, p)
    outcome =
      (p ?? 1) < Self.significance
      ? (second > first ? .bBetter : .aBetter) : .indistinguishable
  }
}
