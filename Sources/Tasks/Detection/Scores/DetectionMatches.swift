import BoxAnnotations
import Dispatch

/// The detections of a model, matched to the annotated boxes image by image. Scores of all images, and of any
/// resample of them, are computed from this without matching again.
package struct DetectionMatches: Sendable {
  package let rules: CocoRules
  package let imageCount: Int
  /// In the order of the annotations.
  package let categories: [CategoryMatches]

  /// Matches all detections. The result does not depend on the number of threads.
  package init(
    _ detections: [DetectedBox], to annotations: BoxAnnotations, rules: CocoRules = CocoRules()
  ) {
    let count = annotations.categories.count
    let images = annotations.images.count
    let grouped = Grouping(
      detections.count, images: images, categories: count,
      image: { Int(detections[$0].image) }, category: { Int(detections[$0].category) })
    let boxes = Grouping(
      annotations.boxes.count, images: images, categories: count,
      image: { annotations.boxes[$0].image }, category: { annotations.boxes[$0].category })
    var matches = [CategoryMatches](repeating: CategoryMatches(), count: count)
    matches.withUnsafeMutableBufferPointer { matches in
      // Each iteration has a place of its own.
      nonisolated(unsafe) let matches = matches
      DispatchQueue.concurrentPerform(iterations: count) { category in
        matches[category] = CategoryMatches(
          grouped.indices(category), detections, boxes.indices(category), annotations.boxes,
          most: rules.most)
      }
    }
    self.rules = rules
    imageCount = images
    categories = matches
  }
}

/// Indices of items by category, then by image, in their order otherwise.
private struct Grouping: Sendable {
  private let indices: [Int32]
  /// Where each category begins.
  private let starts: [Int]

  init(
    _ count: Int, images: Int, categories: Int, image: (Int) -> Int, category: (Int) -> Int
  ) {
    func sorted(_ items: [Int32], _ groups: Int, _ key: (Int) -> Int) -> ([Int32], [Int]) {
      var starts = [Int](repeating: 0, count: groups + 1)
      for item in items { starts[key(Int(item)) + 1] += 1 }
      for group in 0..<groups { starts[group + 1] += starts[group] }
      var (next, result) = (starts, items)
      for item in items {
        result[next[key(Int(item))]] = item
        next[key(Int(item))] += 1
      }
      return (result, starts)
    }
    let byImage = sorted(Array(0..<Int32(count)), images, image).0
    (indices, starts) = sorted(byImage, categories, category)
  }

  func indices(_ category: Int) -> ArraySlice<Int32> {
    indices[starts[category]..<starts[category + 1]]
  }
}

/// The detections of one category.
package struct CategoryMatches: Sendable {
  /// Indices of the images of the detections, the surest detection first; of equal ones that of the earlier image,
  /// then the earlier in the file.
  private(set) var images: [Int32] = []
  /// How many detections of the image are surer.
  private(set) var ranks: [Int32] = []
  private(set) var scores: [Double] = []
  /// For each range of areas, the outcomes of the detections.
  private(set) var outcomes = [[BoxMatcher.Outcome]](
    repeating: [], count: CocoRules.Area.allCases.count)
  /// For each range of areas, the images with boxes that have to be found, and how many.
  private(set) var objects = [[(image: Int32, count: Int32)]](
    repeating: [], count: CocoRules.Area.allCases.count)
  /// Annotated boxes but crowds and difficult ones, whatever their area.
  package private(set) var boxCount = 0
  /// Crowds and difficult boxes, which need not be found.
  package private(set) var ignoredCount = 0
  /// All detections, also those that are too many for an image.
  package private(set) var detectionCount = 0

  fileprivate init() {}

  fileprivate init(
    _ detected: ArraySlice<Int32>, _ detections: [DetectedBox], _ annotated: ArraySlice<Int32>,
    _ boxes: [AnnotatedBox], most: Int
  ) {
    detectionCount = detected.count
    for index in annotated {
      let box = boxes[Int(index)]
      if box.isCrowd || box.isDifficult { ignoredCount += 1 } else { boxCount += 1 }
    }
    var matcher = BoxMatcher()
    var (detected, annotated) = (detected, annotated)
    var unsorted = CategoryMatches()
    while !detected.isEmpty || !annotated.isEmpty {
      let image = min(
        detected.first.map { Int(detections[Int($0)].image) } ?? .max,
        annotated.first.map { boxes[Int($0)].image } ?? .max)
      var here = detected.prefix { Int(detections[Int($0)].image) == image }
      let objects = annotated.prefix { boxes[Int($0)].image == image }
      detected = detected.dropFirst(here.count)
      annotated = annotated.dropFirst(objects.count)
      if here.count > 1 {
        here.sort { one, other in
          let (first, second) = (detections[Int(one)].score, detections[Int(other)].score)
          return first == second ? one < other : first > second
        }
      }
      let kept = here.prefix(most).map { detections[Int($0)] }
      matcher.match(kept.map(\.box), objects.map { boxes[Int($0)] })
      unsorted.append(kept, matcher, image)
    }
    sort(unsorted)
  }

  private mutating func append(_ detections: [DetectedBox], _ matcher: BoxMatcher, _ image: Int) {
    for (rank, detection) in detections.enumerated() {
      images.append(Int32(image))
      ranks.append(Int32(rank))
      scores.append(detection.score)
    }
    for area in CocoRules.Area.allCases.indices {
      outcomes[area] += matcher.outcomes[area]
      let count = matcher.objects[area]
      if count > 0 { objects[area].append((Int32(image), count)) }
    }
  }

  /// Takes what was found image by image, in the order of the scores.
  private mutating func sort(_ unsorted: CategoryMatches) {
    let scores = unsorted.scores
    let order = scores.indices.sorted { one, other in
      scores[one] == scores[other] ? one < other : scores[one] > scores[other]
    }
    images = order.map { unsorted.images[$0] }
    ranks = order.map { unsorted.ranks[$0] }
    self.scores = order.map { scores[$0] }
    outcomes = unsorted.outcomes.map { outcomes in order.map { outcomes[$0] } }
    objects = unsorted.objects
  }
}
