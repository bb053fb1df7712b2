/// Precision and recall of one category at every overlap, pooled over images.
///
/// Making one allocates; it can be used again for other categories and resamples.
struct PrecisionRecall {
  /// The boxes that have to be found; precision and recall are undefined if there are none.
  private(set) var objects = 0
  /// For each overlap, how many detections are right.
  private var right = SIMD16<Int32>.zero
  /// For each overlap and each right detection, in the order of the scores: how many are right up to it, and how
  /// many are right or wrong.
  private var steps: [[(right: Int32, all: Int32)]]

  init() { steps = [[(right: Int32, all: Int32)]](repeating: [], count: CocoRules.overlaps.count) }

  /// Pools a category.
  ///
  /// - Parameters:
  ///   - most: the detections that count for each image.
  ///   - times: how often each image counts; `nil` for once. The detections of an image that counts several times
  ///     follow each other.
  mutating func pool(
    _ matches: CategoryMatches, _ area: CocoRules.Area, most: Int,
    times: UnsafeBufferPointer<Int32>? = nil
  ) {
    for overlap in steps.indices { steps[overlap].removeAll(keepingCapacity: true) }
    right = .zero
    objects = matches.objects[area.rawValue].reduce(0) { sum, entry in
      sum + Int(entry.count) * Int(times?[Int(entry.image)] ?? 1)
    }
    if objects == 0 { return }
    matches.outcomes[area.rawValue].withUnsafeBufferPointer { outcomes in
      matches.images.withUnsafeBufferPointer { images in
        matches.ranks.withUnsafeBufferPointer { ranks in
          count(outcomes, images, ranks, Int32(clamping: most), times)
        }
      }
    }
  }

  private mutating func count(
    _ outcomes: UnsafeBufferPointer<BoxMatcher.Outcome>, _ images: UnsafeBufferPointer<Int32>,
    _ ranks: UnsafeBufferPointer<Int32>, _ most: Int32, _ times: UnsafeBufferPointer<Int32>?
  ) {
    let every = BoxMatcher.everyOverlap
    var all: Int32 = 0
    var ignored = SIMD16<Int32>.zero
    for index in outcomes.indices where ranks[index] < most {
      let weight = times?[Int(images[index])] ?? 1
      let outcome = outcomes[index]
      if weight == 0 { continue }
      all &+= weight
      // Most detections are wrong at every overlap.
      if outcome == every << 16 { continue }
      let found = outcome & 0xFFFF
      var skipped = every & ~(found | outcome >> 16)
      while skipped != 0 {
        ignored[skipped.trailingZeroBitCount] &+= weight
        skipped &= skipped - 1
      }
      var left = found
      while left != 0 {
        let overlap = left.trailingZeroBitCount
        right[overlap] &+= weight
        steps[overlap].append((right[overlap], all &- ignored[overlap]))
        left &= left - 1
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
  private func forEachPrecision(_ overlap: Int, _ body: (Int, Double) -> Void) {
    let steps = steps[overlap]
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
