import BoxAnnotations

/// The detections of a model, matched to the annotated boxes as Pascal VOC does. Scores of all images, and of any
/// resample of them, are computed from this without matching again.
///
/// Each detection belongs to the box with which it overlaps most. It is right if that box is not taken yet, wrong if
/// it is taken or overlaps less, and ignored if it is difficult. `VOCevaldet.m` of the devkit. Crowds of COCO count as
/// difficult.
package struct VOCMatches: Sendable {
  struct Category: Sendable {
    /// Those that are right or wrong, the surest first.
    var detections: [(image: Int32, isRight: Bool)] = []
    /// The boxes that have to be found, by image.
    var objects: [(image: Int32, count: Int)] = []
  }

  /// In the order of the annotations.
  let categories: [Category]

  package static let overlap = 0.5

  package init(_ detections: [DetectedBox], _ annotations: BoxAnnotations) {
    let count = annotations.categories.count
    var boxes = [[Int: [AnnotatedBox]]](repeating: [:], count: count)
    for box in annotations.boxes { boxes[box.category][box.image, default: []].append(box) }
    var found = [[DetectedBox]](repeating: [], count: count)
    for detection in detections { found[Int(detection.category)].append(detection) }
    categories = (0..<count).map { Category(found[$0], boxes[$0]) }
  }
}

extension VOCMatches.Category {
  /// - Parameter boxes: by image.
  fileprivate init(_ found: [DetectedBox], _ boxes: [Int: [AnnotatedBox]]) {
    func isIgnored(_ box: AnnotatedBox) -> Bool { box.isDifficult || box.isCrowd }
    objects = boxes.map { (Int32($0.key), $0.value.count { !isIgnored($0) }) }
      .filter { $0.1 > 0 }
    if objects.isEmpty { return }
    let order = found.indices.sorted { one, other in
      let (first, second) = (found[one].score, found[other].score)
      return first == second ? one < other : first > second
    }
    var taken: [Int: [Bool]] = boxes.mapValues { [Bool](repeating: false, count: $0.count) }
    for detection in order.map({ found[$0] }) {
      let image = Int(detection.image)
      var (best, most) = (-1, -Double.infinity)
      for (index, box) in (boxes[image] ?? []).enumerated() {
        // Boxes that do not overlap at all are none to choose from.
        let overlap = detection.box.overlap(box.box, isCrowd: false)
        if overlap > 0, overlap > most { (best, most) = (index, overlap) }
      }
      guard best >= 0, most >= VOCMatches.overlap else {
        detections.append((detection.image, false))
        continue
      }
      if let box = boxes[image]?[best], isIgnored(box) { continue }
      if taken[image]?[best] ?? false {
        detections.append((detection.image, false))
        continue
      }
      taken[image]?[best] = true
      detections.append((detection.image, true))
    }
  }
}
