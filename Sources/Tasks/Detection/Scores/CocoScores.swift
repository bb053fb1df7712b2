import BoxAnnotations
import Tasks

/// COCO's summary of detections: twelve numbers for the standard ``CocoRules``.
///
/// Average precision (AP) and recall (AR) are averaged over overlaps and over the categories that have boxes to be
/// found. A number is undefined if no category has any; pycocotools writes −1 then.
package struct CocoScores: Sendable {
  /// In COCO's order, under the keys of `--json`.
  package let values: [MetricValue]
  /// In the order of the annotations.
  package let categories: [CategoryScores]

  package init(_ matches: DetectionMatches) {
    let rules = matches.rules
    let categories = matches.categories.map { CategoryScores($0, rules) }
    self.categories = categories
    func mean(
      _ key: String, _ reason: String, _ score: (CategoryScores) -> Double?
    )
      -> MetricValue
    {
      MetricValue(key, Self.mean(categories.lazy.compactMap(score)), else: reason)
    }
    let none = "no box has to be found"
    func area(_ area: CocoRules.Area) -> String { "no \(area) box has to be found" }
    values =
      [
        mean("ap", none) { $0.ap }, mean("ap50", none) { $0.ap50 },
        mean("ap75", none) { $0.ap75 },
        mean("ap_small", area(.small)) { $0.areas[1].ap },
        mean("ap_medium", area(.medium)) { $0.areas[2].ap },
        mean("ap_large", area(.large)) { $0.areas[3].ap },
      ]
      + rules.maxDetections.enumerated().map { index, most in
        mean("ar_\(most)", none) { $0.recalls[index] }
      }
      + [
        mean("ar_small", area(.small)) { $0.areas[1].ar },
        mean("ar_medium", area(.medium)) { $0.areas[2].ar },
        mean("ar_large", area(.large)) { $0.areas[3].ar },
      ]
  }

  package subscript(key: String) -> MetricValue? { values.first { $0.key == key } }

  static func mean(_ values: some Sequence<Double>) -> Double? {
    var (sum, count) = (0.0, 0)
    for value in values {
      sum += value
      count += 1
    }
    return count == 0 ? nil : sum / Double(count)
  }
}

/// The scores of one category; `nil` if there is no box to be found.
package struct CategoryScores: Sendable {
  /// Average precision, averaged over overlaps.
  package let ap: Double?
  /// At an overlap of 0.5.
  package let ap50: Double?
  /// At an overlap of 0.75.
  package let ap75: Double?
  /// Average recall for each of the rules' numbers of detections.
  package let recalls: [Double?]
  /// For each range of areas, with the largest number of detections.
  package let areas: [(ap: Double?, ar: Double?)]
  /// The interpolated precision at each of ``CocoRules/recalls``, at an overlap of 0.5.
  package let curve: [Double]?

  /// Average recall with the largest number of detections.
  package var ar: Double? { recalls[recalls.count - 1] }

  init(_ matches: CategoryMatches, _ rules: CocoRules) {
    let pooled = PrecisionRecall()
    recalls = rules.maxDetections.map { most in
      pooled.pool(matches, .all, most: most)
      return pooled.meanRecall
    }
    // Those of the largest number.
    ap = pooled.meanAveragePrecision
    ap50 = pooled.averagePrecision(0)
    ap75 = pooled.averagePrecision(5)
    curve = pooled.curve(0)
    areas = CocoRules.Area.allCases.map { area in
      pooled.pool(matches, area, most: rules.most)
      return (pooled.meanAveragePrecision, pooled.meanRecall)
    }
  }
}
