import BoxAnnotations
import Tasks

/// Pascal VOC's mean average precision at an overlap of 0.5. `VOCap.m` of the devkit.
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

  package init(_ detections: [DetectedBox], _ annotations: BoxAnnotations) {
    self.init(VOCMatches(detections, annotations))
  }

  /// - Parameter times: how often each image counts; `nil` for once.
  package init(_ matches: VOCMatches, times: [Int32]? = nil) {
    let categories = matches.categories.map { Self.score($0, times) }
    self.categories = categories
    let none = "no box has to be found"
    values = [
      MetricValue("voc_map", CocoScores.mean(categories.compactMap(\.ap)), else: none),
      MetricValue("voc_map_11_point", CocoScores.mean(categories.compactMap(\.ap11)), else: none),
    ]
  }

  private static func score(_ matches: VOCMatches.Category, _ times: [Int32]?) -> Category {
    func weight(_ image: Int32) -> Int { Int(times?[Int(image)] ?? 1) }
    let objects = matches.objects.reduce(0) { $0 + $1.count * weight($1.image) }
    if objects == 0 { return Category(ap: nil, ap11: nil) }
    var (right, wrong) = (0, 0)
    /// Recall and precision after each right detection.
    var steps: [(recall: Double, precision: Double)] = []
    for detection in matches.detections {
      for _ in 0..<weight(detection.image) {
        guard detection.isRight else {
          wrong += 1
          continue
        }
        right += 1
        steps.append((Double(right) / Double(objects), Double(right) / Double(right + wrong)))
      }
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
