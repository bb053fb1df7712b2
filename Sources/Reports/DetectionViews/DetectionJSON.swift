import BoxAnnotations
import DetectionScores
import ExperimentConfig
import RunRecord
import Statistics
import Tasks

/// The scores of detections as one JSON object.
package enum DetectionJSON {
  package static func object(_ report: DetectionReport) -> JSONValue {
    .object(members(report).merging(["annotations": annotations(report)]) { $1 })
  }

  /// Two files with the same annotations.
  package static func object(
    _ a: DetectionReport, _ b: DetectionReport, _ difference: CocoDifference
  ) -> JSONValue {
    var verdict: [String: JSONValue] = [
      "outcome": .string(difference.outcome.rawValue),
      "text": .string(DetectionText.verdict(difference, a, b)),
    ]
    if let value = difference.difference { verdict["difference"] = .number(value) }
    if let p = difference.p { verdict["p"] = .number(p) }
    if let interval = difference.interval {
      verdict["interval"] = ends(interval)
      verdict["interval_method"] = method(interval.method)
    }
    return [
      "annotations": annotations(a), "a": .object(members(a)), "b": .object(members(b)),
      "verdict": .object(verdict),
    ]
  }

  private static func annotations(_ report: DetectionReport) -> JSONValue {
    let annotations = report.annotations
    let ignored = report.matches.categories.reduce(0) { $0 + $1.ignoredCount }
    return [
      "path": .string(annotations.path), "format": .string(annotations.format.rawValue),
      "images": .integer(annotations.images.count),
      "images_without_boxes": .integer(report.imagesWithoutBoxes),
      "categories": .integer(annotations.categories.count),
      "boxes": .integer(annotations.boxes.count - ignored), "ignored_boxes": .integer(ignored),
      "findings": findings(annotations.findings),
    ]
  }

  private static func members(_ report: DetectionReport) -> [String: JSONValue] {
    let (scores, undefined) = outcomes(report.scores.values + (report.voc?.values ?? []))
    var object: [String: JSONValue] = [
      "detections": [
        "path": .string(report.detections.path), "count": .integer(report.detections.boxes.count),
        "findings": findings(report.detections.findings),
      ],
      "max_detections": .array(report.matches.rules.maxDetections.map { .integer($0) }),
      "scores": .object(scores),
      "categories": .array(report.annotations.categories.indices.map { category(report, $0) }),
    ]
    if !undefined.isEmpty { object["undefined"] = .object(undefined) }
    var intervals: [String: JSONValue] = [:]
    for key in ["ap", "ap50"] {
      guard let interval = DetectionText.interval(report, key) else { continue }
      intervals[key] = ends(interval)
      object["interval_method"] = method(interval.method)
    }
    if !intervals.isEmpty { object["intervals"] = .object(intervals) }
    return object
  }

  /// The defined values, and the reasons of the others, by key.
  private static func outcomes(
    _ values: [MetricValue]
  ) -> (scores: [String: JSONValue], undefined: [String: JSONValue]) {
    var scores: [String: JSONValue] = [:]
    var undefined: [String: JSONValue] = [:]
    for item in values {
      switch item.outcome {
      case .defined(let value): scores[item.key] = .number(value)
      case .undefined(let reason): undefined[item.key] = .string(reason)
      }
    }
    return (scores, undefined)
  }

  private static func category(_ report: DetectionReport, _ index: Int) -> JSONValue {
    let category = report.annotations.categories[index]
    let (scores, matches) = (report.scores.categories[index], report.matches.categories[index])
    let id: JSONValue =
      switch category.id {
      case .number(let number): .integer(number)
      case .text(let text): .string(text)
      }
    var object: [String: JSONValue] = [
      "id": id, "name": .string(category.name), "boxes": .integer(matches.boxCount),
      "ignored_boxes": .integer(matches.ignoredCount),
      "detections": .integer(matches.detectionCount),
    ]
    func add(_ key: String, _ value: Double?) {
      if let value { object[key] = .number(value) }
    }
    add("ap", scores.ap)
    add("ap50", scores.ap50)
    add("ap75", scores.ap75)
    add("ar", scores.ar)
    for area in CocoRules.Area.allCases.dropFirst() {
      add("ap_\(area)", scores.areas[area.rawValue].ap)
      add("ar_\(area)", scores.areas[area.rawValue].ar)
    }
    add("voc_ap", report.voc?.categories[index].ap)
    add("voc_ap_11_point", report.voc?.categories[index].ap11)
    if let curve = scores.curve {
      // At the recalls 0, 0.01, …, 1.
      object["precision_at_overlap_50"] = .array(curve.map { .number($0) })
    }
    return .object(object)
  }

  private static func findings(_ findings: BoxFindings) -> JSONValue {
    .array(
      findings.entries.map { entry in
        [
          "kind": .string(entry.kind.rawValue), "count": .integer(entry.count),
          "left_out": .boolean(entry.kind.isLeftOut),
          "places": .array(entry.places.map { .string($0) }),
        ]
      })
  }

  private static func ends(_ interval: Interval) -> JSONValue {
    [.number(interval.lower), .number(interval.upper)]
  }

  /// The examples of detection are images.
  private static func method(_ method: IntervalMethod) -> JSONValue {
    guard case .object(var object) = JSONValue(method) else { return .null }
    object["over"] = "images"
    return .object(object)
  }
}
