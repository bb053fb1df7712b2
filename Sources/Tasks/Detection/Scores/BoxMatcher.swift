import BoxAnnotations

/// Matches the detections in one image to the annotated boxes of the same category, as COCO does.
///
/// Sure detections choose first. Each takes the box with which it overlaps most, of equal ones the last; boxes that
/// are ignored (crowds, difficult objects, other areas) only if no other is left. A box can be taken once, a crowd
/// any number of times.
struct BoxMatcher {
  /// For a detection and a range of areas: bit i is set if it is right at ``CocoRules/overlaps`` i, bit 16 + i if it
  /// is wrong. If neither is, it is ignored.
  typealias Outcome = UInt32

  /// For each range of areas, the outcomes of the detections.
  private(set) var outcomes = [[Outcome]](repeating: [], count: CocoRules.Area.allCases.count)
  /// For each range of areas, the boxes that have to be found.
  private(set) var objects = [Int32](repeating: 0, count: CocoRules.Area.allCases.count)

  private var candidates: [(box: Int, overlap: Double)] = []
  private var starts: [Int] = []
  private var isIgnored: [Bool] = []
  private var taken: [UInt16] = []

  /// The overlaps that make a match, with pycocotools' tolerance for those that are 1.
  private static let least = CocoRules.overlaps.map { min($0, 1 - 1e-10) }
  static let everyOverlap = Outcome(1) << UInt32(CocoRules.overlaps.count) - 1

  /// - Parameters:
  ///   - detections: by descending score.
  ///   - boxes: in the order of the annotations.
  mutating func match(_ detections: [Box], _ boxes: [AnnotatedBox]) {
    findCandidates(detections, boxes)
    for area in CocoRules.Area.allCases { match(detections, boxes, area) }
  }

  private mutating func findCandidates(_ detections: [Box], _ boxes: [AnnotatedBox]) {
    candidates.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    for detection in detections {
      starts.append(candidates.count)
      for (index, box) in boxes.enumerated() {
        let overlap = detection.overlap(box.box, isCrowd: box.isCrowd)
        if overlap >= Self.least[0] { candidates.append((index, overlap)) }
      }
    }
    starts.append(candidates.count)
  }

  private mutating func match(
    _ detections: [Box], _ boxes: [AnnotatedBox], _ area: CocoRules.Area
  ) {
    let range = area.range
    isIgnored.removeAll(keepingCapacity: true)
    for box in boxes {
      isIgnored.append(
        box.isCrowd || box.isDifficult || box.area < range.lowerBound
          || box.area > range.upperBound)
    }
    objects[area.rawValue] = Int32(isIgnored.count { !$0 })
    taken.removeAll(keepingCapacity: true)
    taken.append(contentsOf: repeatElement(0, count: boxes.count))
    outcomes[area.rawValue].removeAll(keepingCapacity: true)
    for (index, detection) in detections.enumerated() {
      let choices = starts[index]..<starts[index + 1]
      var (right, wrong): (Outcome, Outcome) = (0, 0)
      for threshold in Self.least.indices {
        let bit = UInt16(1) << UInt16(threshold)
        let choice =
          choices.isEmpty
          ? nil
          : best(choices, threshold, bit, boxes, ignored: false)
            ?? best(choices, threshold, bit, boxes, ignored: true)
        if let choice {
          taken[choice] |= bit
          if !isIgnored[choice] { right |= Outcome(bit) }
        } else if detection.area >= range.lowerBound && detection.area <= range.upperBound {
          wrong |= Outcome(bit)
        }
      }
      outcomes[area.rawValue].append(right | wrong << 16)
    }
  }

  /// The box with the largest overlap, among those that are ignored or among the others.
  @inline(__always)
  private func best(
    _ choices: Range<Int>, _ threshold: Int, _ bit: UInt16, _ boxes: [AnnotatedBox], ignored: Bool
  ) -> Int? {
    var (found, most): (Int?, Double) = (nil, Self.least[threshold])
    for choice in choices {
      let (box, overlap) = candidates[choice]
      guard isIgnored[box] == ignored, overlap >= most,
        taken[box] & bit == 0 || boxes[box].isCrowd
      else { continue }
      (found, most) = (box, overlap)
    }
    return found
  }
}
