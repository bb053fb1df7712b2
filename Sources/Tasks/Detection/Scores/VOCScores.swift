import BoxAnnotations
import Tasks

/// Pascal VOC's mean average precision at an overlap of 0.5.
///
/// Each detection belongs to the box with which it overlaps most. It is right if that box is not taken yet, wrong if
/// it is taken or overlaps less, and ignored if it is difficult. `VOCevaldet.m` and `VOCap.m` of the devkit. Crowds
/// of COCO count as difficult.
package struct VOCScores: Sendable {
  /// One category; `nil` if there is no box to be found.
  package struct Category: Sendable {
    /// The area under the precision-recall curve, as since 2010.
    package let ap: Double?
    /// The mean of the precisions at 11 recalls, as in 2007.
    package let ap11: Double?
  }

  /// The means over the categories, under the keys of `--json`.
  package let values: [MetricValue]
  /// In the order of the annotations.
  package let categories: [Category]

  package static let overlap = 0.5

  package init(_ detections: [DetectedBox], _ annotations: BoxAnnotations) {
    let count = annotations.categories.count
    var boxes = [[Int: [AnnotatedBox]]](repeating: [:], count: count)
    for box in annotations.boxes { boxes[box.category][box.image, default: []].append(box) }
    var found = [[DetectedBox]](repeating: [], count: count)
    for detection in detections { found[Int(detection.category)].append(detection) }
    let categories = (0..<count).map { Self.score(found[$0], boxes[$0]) }
    self.categories = categories
    let none = "no box has to be found"
    values = [
      MetricValue("voc_map", CocoScores.mean(categories.compactMap(\.ap)), else: none),
      MetricValue("voc_map_11_point", CocoScores.mean(categories.compactMap(\.ap11)), else: none),
    ]
  }

  /// - Parameter boxes: by image.
  private static func score(_ detections: [DetectedBox], _ boxes: [Int: [AnnotatedBox]]) -> Category
  {
    func isIgnored(_ box: AnnotatedBox) -> Bool { box.isDifficult || box.isCrowd }
    let objects = boxes.values.reduce(0) { $0 + $1.count { !isIgnored($0) } }
    if objects == 0 { return Category(ap: nil, ap11: nil) }
    let order = detections.indices.sorted { one, other in
      let (first, second) = (detections[one].score, detections[other].score)
      return first == second ? one < other : first > second
    }
    var taken: [Int: [Bool]] = boxes.mapValues { [Bool](repeating: false, count: $0.count) }
    var (right, wrong) = (0, 0)
    /// Recall and precision after each right detection.
    var steps: [(recall: Double, precision: Double)] = []
    for detection in order.map({ detections[$0] }) {
      let image = Int(detection.image)
      var (best, most) = (-1, -Double.infinity)
      for (index, box) in (boxes[image] ?? []).enumerated() {
        // Boxes that do not overlap at all are none to choose from.
        let overlap = detection.box.overlap(box.box, isCrowd: false)
        if overlap > 0, overlap > most { (best, most) = (index, overlap) }
      }
      guard best >= 0, most >= overlap else {
        wrong += 1
        continue
      }
      if let box = boxes[image]?[best], isIgnored(box) { continue }
      if taken[image]?[best] ?? false {
        wrong += 1
        continue
      }
      taken[image]?[best] = true
      right += 1
      steps.append((Double(right) / Double(objects), Double(right) / Double(right + wrong)))
    }
    return Category(ap: area(steps), ap11: elevenPoints(steps))
  }

  private static func area(_ steps: [(recall: Double, precision: Double)]) -> Double {
    var (area, highest) = (0.0, 0.0)
    for place in steps.indices.reversed() {
      highest = max(highest, steps[place].precision)
      area += (steps[place].recall - (place > 0 ? steps[place - 1].recall : 0)) * highest
    }
    return area
  }

  private static func elevenPoints(_ steps: [(recall: Double, precision: Double)]) -> Double {
    let sum = (0...10).reduce(0) { sum, tenth in
      // MATLAB computes the second half of 0:0.1:1 from its end.
      let recall = tenth < 5 ? Double(tenth) * 0.1 : tenth == 5 ? 0.5 : 1 - Double(10 - tenth) * 0.1
      return sum + (steps.lazy.filter { $0.recall >= recall }.map(\.precision).max() ?? 0)
    }
    return sum / 11
  }
}
