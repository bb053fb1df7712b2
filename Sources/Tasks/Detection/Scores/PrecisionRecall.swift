/// Precision and recall of one category at every overlap, pooled over images.
///
/// It can be used again for other categories and resamples, which is faster than making another one. Bootstraps spend
/// their time here, so counts lie in memory of their own.
final class PrecisionRecall {
  /// How many detections are right up to a right one, and how many are right or wrong.
  private struct Step {
    var right: Int32
    var all: Int32
  }

  /// The boxes that have to be found; precision and recall are undefined if there are none.
  private(set) var objects = 0
  /// For each overlap, how many detections are right.
  private let right: UnsafeMutableBufferPointer<Int32>
  /// For each overlap, how many detections are neither right nor wrong.
  private let ignored: UnsafeMutableBufferPointer<Int32>
  /// For each overlap, the number of its steps.
  private let counts: UnsafeMutableBufferPointer<Int>
  /// For each overlap, room for a step of each detection, in the order of the scores.
  private var steps = UnsafeMutableBufferPointer<Step>.allocate(capacity: 0)
  /// How many steps there is room for at each overlap.
  private var room = 0

  private static let overlaps = CocoRules.overlaps.count

  init() {
    right = .allocate(capacity: Self.overlaps)
    ignored = .allocate(capacity: Self.overlaps)
    counts = .allocate(capacity: Self.overlaps)
    clear()
  }

  deinit {
    right.deallocate()
    ignored.deallocate()
    counts.deallocate()
    steps.deallocate()
  }

  private func clear() {
    right.initialize(repeating: 0)
    ignored.initialize(repeating: 0)
    counts.initialize(repeating: 0)
  }

  /// Pools a category.
  ///
  /// - Parameters:
  ///   - most: the detections that count for each image.
  ///   - times: how often each image counts; `nil` for once. The detections of an image that counts several times
  ///     follow each other.
  func pool(
    _ matches: CategoryMatches, _ area: CocoRules.Area, most: Int,
    times: UnsafeBufferPointer<Int32>? = nil
  ) {
    clear()
    objects = matches.objects[area.rawValue].reduce(0) { sum, entry in
      sum + Int(entry.count) * Int(times?[Int(entry.image)] ?? 1)
    }
    if objects == 0 { return }
    if matches.images.count > room {
      steps.deallocate()
      room = matches.images.count
      steps = .allocate(capacity: room * Self.overlaps)
    }
    matches.outcomes[area.rawValue].withUnsafeBufferPointer { outcomes in
      matches.images.withUnsafeBufferPointer { images in
        matches.ranks.withUnsafeBufferPointer { ranks in
          count(outcomes, images, ranks, Int32(clamping: most), times)
        }
      }
    }
  }

  private func count(
    _ outcomes: UnsafeBufferPointer<BoxMatcher.Outcome>, _ images: UnsafeBufferPointer<Int32>,
    _ ranks: UnsafeBufferPointer<Int32>, _ most: Int32, _ times: UnsafeBufferPointer<Int32>?
  ) {
    let every = BoxMatcher.everyOverlap
    let (right, ignored, counts, steps, room) = (right, ignored, counts, steps, room)
    var all: Int32 = 0
    for index in outcomes.indices where ranks[index] < most {
      let weight = times?[Int(images[index])] ?? 1
      let outcome = outcomes[index]
      if weight == 0 { continue }
      all &+= weight
      // Many detections are wrong at every overlap.
      if outcome == every << 16 { continue }
      let found = outcome & 0xFFFF
      var skipped = every & ~(found | outcome >> 16)
      while skipped != 0 {
        ignored[skipped.trailingZeroBitCount] &+= weight
        skipped &= skipped &- 1
      }
      var left = found
      while left != 0 {
        let overlap = left.trailingZeroBitCount
        right[overlap] &+= weight
        steps[overlap &* room &+ counts[overlap]] = Step(
          right: right[overlap], all: all &- ignored[overlap])
        counts[overlap] &+= 1
        left &= left &- 1
      }
    }
  }

  /// The share of the objects that are found at an overlap, by index; `nil` if there are no objects.
  func recall(_ overlap: Int) -> Double? {
    objects == 0 ? nil : Double(right[overlap]) / Double(objects)
  }

  /// The recall, averaged over the overlaps.
  var meanRecall: Double? {
    objects == 0
      ? nil
      : CocoRules.overlaps.indices.reduce(0) { $0 + (recall($1) ?? 0) }
        / Double(CocoRules.overlaps.count)
  }

  /// Calls `body` with the interpolated precision at each of ``CocoRules/recalls``, from the last to the first: the
  /// highest precision at that recall or a higher one.
  @inline(__always)
  private func forEachPrecision(_ overlap: Int, _ body: (Int, Double) -> Void) {
    let steps = UnsafeMutableBufferPointer(
      rebasing: steps[(overlap * room)..<(overlap * room + counts[overlap])])
    let recalls = CocoRules.recalls
    var next = recalls.count - 1
    var highest = 0.0
    let reached = Double(steps.last?.right ?? 0) / Double(objects)
    while next >= 0, recalls[next] > reached || steps.isEmpty {
      body(next, 0)
      next -= 1
    }
    for place in steps.indices.reversed() {
      highest = max(
        highest, Double(steps[place].right) / (Double(steps[place].all) + .ulpOfOne))
      let before = place > 0 ? Double(steps[place - 1].right) / Double(objects) : -1
      while next >= 0, recalls[next] > before {
        body(next, highest)
        next -= 1
      }
    }
  }

  /// The average precision at an overlap, by index; `nil` if there are no objects.
  func averagePrecision(_ overlap: Int) -> Double? {
    if objects == 0 { return nil }
    var sum = 0.0
    forEachPrecision(overlap) { sum += $1 }
    return sum / Double(CocoRules.recalls.count)
  }

  /// The average precision, averaged over the overlaps.
  var meanAveragePrecision: Double? {
    objects == 0
      ? nil
      : CocoRules.overlaps.indices.reduce(0) { $0 + (averagePrecision($1) ?? 0) }
        / Double(CocoRules.overlaps.count)
  }

  /// The interpolated precision at each of ``CocoRules/recalls``; `nil` if there are no objects.
  func curve(_ overlap: Int) -> [Double]? {
    if objects == 0 { return nil }
    var curve = [Double](repeating: 0, count: CocoRules.recalls.count)
    forEachPrecision(overlap) { curve[$0] = $1 }
    return curve
  }
}

@available(*, unavailable)
extension PrecisionRecall: Sendable {}
