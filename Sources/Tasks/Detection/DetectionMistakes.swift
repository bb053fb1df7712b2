import BoxAnnotations
import DataSchema
import Tasks

/// What is right and wrong about the boxes found, at an overlap of 0.5 and for those with at least a certain score.
///
/// The kinds of mistakes are TIDE's (Bolya and others 2020, https://arxiv.org/abs/2008.08115), with its limits: a box
/// lies on an object if their intersection over union is at least 0.5, and on the background below 0.1.
package struct DetectionMistakes: Sendable {
  /// What a box found is, in the order in which TIDE asks.
  package enum Kind: String, CaseIterable, Sendable {
    /// It lies on an object of its class that no box with a higher score has taken.
    case right
    /// It lies on a crowd or a difficult object of its class.
    case ignored
    /// It overlaps an object of its class by 0.1 to 0.5.
    case badlyPlaced = "badly_placed"
    /// It lies on an object of another class.
    case wrongClass = "wrong_class"
    /// It lies on an object of its class that a box with a higher score has taken.
    case duplicate
    /// It overlaps no object by more than 0.1.
    case background
    /// It overlaps only objects of other classes, by 0.1 to 0.5.
    case wrongClassAndPlace = "wrong_class_and_place"
  }

  package struct Found: Sendable {
    package let box: FoundBox
    package let kind: Kind
    /// The number of the annotated box that it took, overlaps, or is taken for; `nil` on the background.
    package let object: Int?
  }

  package struct Image: Sendable {
    package let truth: ImageBoxes
    /// Those with a score of at least the threshold, the best scores first.
    package let found: [Found]
    /// Whether each annotated box is found.
    package let isFound: [Bool]

    package func count(_ kind: Kind) -> Int { found.count { $0.kind == kind } }

    /// The numbers of the boxes that have to be found and are not.
    package var missed: [Int] {
      truth.items.indices.filter { truth.items[$0].hasToBeFound && !isFound[$0] }
    }

    /// Boxes to be found.
    package var boxes: Int { truth.items.count(where: \.hasToBeFound) }

    /// Found boxes that are neither right nor ignored nor duplicates.
    package var falseAlarms: Int {
      found.count - count(.right) - count(.ignored) - count(.duplicate)
    }

    /// The objects that are missed without a badly placed or wrongly classified box on them.
    package var overlooked: Int {
      let near = Set(
        found.filter { $0.kind == .badlyPlaced || $0.kind == .wrongClass }.compactMap(\.object))
      return missed.count { !near.contains($0) }
    }
  }

  /// In the order of the predictions.
  package let images: [Image]
  /// The lowest score of the boxes that count: the one at which F1 of all classes together is highest; `nil` if no box
  /// is right, where all boxes count.
  package let threshold: Double?

  static let leastOverlap = 0.5
  static let backgroundOverlap = 0.1

  init(_ sample: DetectionSample) {
    let all = sample.images.map(Self.match)
    let threshold = Self.bestThreshold(all)
    self.threshold = threshold
    images = all.map { image in
      let found = image.found.filter { $0.box.score >= threshold ?? 0 }
      var isFound = [Bool](repeating: false, count: image.truth.items.count)
      for box in found where box.kind == .right {
        if let object = box.object { isFound[object] = true }
      }
      return Image(truth: image.truth, found: found, isFound: isFound)
    }
  }

  /// Matches all boxes of an image. What a box is does not depend on those with lower scores.
  private static func match(_ image: DetectionSample.Image) -> Image {
    let items = image.truth.items
    let boxes = items.map { Box($0) }
    var taken = [Bool](repeating: false, count: items.count)
    let found = image.found.map { found -> Found in
      let box = Box(found)
      let overlaps = boxes.map { box.intersectionOverUnion($0) }
      func best(_ isWanted: (Int) -> Bool) -> (object: Int, overlap: Double)? {
        var best: (object: Int, overlap: Double)?
        for (object, overlap) in overlaps.enumerated()
        where isWanted(object) && overlap > (best?.overlap ?? 0) {
          best = (object, overlap)
        }
        return best
      }
      func isSame(_ object: Int) -> Bool { items[object].label == found.label }
      let free = best { isSame($0) && items[$0].hasToBeFound && !taken[$0] }
      if let free, free.overlap >= leastOverlap {
        taken[free.object] = true
        return Found(box: found, kind: .right, object: free.object)
      }
      let isInCrowd = items.indices.contains { object in
        isSame(object) && !items[object].hasToBeFound
          && (overlaps[object] >= leastOverlap
            || items[object].traits.contains(.crowd)
              && box.share(in: boxes[object]) >= leastOverlap)
      }
      if isInCrowd { return Found(box: found, kind: .ignored, object: nil) }
      let own = best { isSame($0) && items[$0].hasToBeFound }
      let other = best { !isSame($0) && items[$0].hasToBeFound }
      if let own, own.overlap >= backgroundOverlap, own.overlap < leastOverlap {
        return Found(box: found, kind: .badlyPlaced, object: own.object)
      }
      if let other, other.overlap >= leastOverlap {
        return Found(box: found, kind: .wrongClass, object: other.object)
      }
      if let own, own.overlap >= leastOverlap {
        return Found(box: found, kind: .duplicate, object: own.object)
      }
      if let other, other.overlap >= backgroundOverlap {
        return Found(box: found, kind: .wrongClassAndPlace, object: other.object)
      }
      return Found(box: found, kind: .background, object: nil)
    }
    return Image(truth: image.truth, found: found, isFound: taken)
  }

  private static func bestThreshold(_ images: [Image]) -> Double? {
    let objects = images.reduce(0) { $0 + $1.boxes }
    let found = images.flatMap(\.found).filter { $0.kind != .ignored }
      .map { (score: $0.box.score, isRight: $0.kind == .right) }.sorted { $0.score > $1.score }
    var (right, best, threshold) = (0, 0.0, Double?.none)
    for (place, box) in found.enumerated() {
      if box.isRight { right += 1 }
      // Boxes of equal scores count together.
      if place + 1 < found.count, found[place + 1].score == box.score { continue }
      let f1 = 2 * Double(right) / Double(place + 1 + objects)
      if f1 > best { (best, threshold) = (f1, box.score) }
    }
    return threshold
  }

  package func count(_ kind: Kind) -> Int { images.reduce(0) { $0 + $1.count(kind) } }
}

extension Box {
  private func common(_ other: Box) -> Double {
    let width = min(x + self.width, other.x + other.width) - max(x, other.x)
    let height = min(y + self.height, other.y + other.height) - max(y, other.y)
    return width > 0 && height > 0 ? width * height : 0
  }

  func intersectionOverUnion(_ other: Box) -> Double {
    let common = common(other)
    return common == 0 ? 0 : common / (area + other.area - common)
  }

  /// The share of this box that lies in another.
  func share(in other: Box) -> Double { area > 0 ? common(other) / area : 0 }
}
