import BoxAnnotations
import DetectionScores
import Diagnostics
import ExperimentConfig

/// The names of scores, and warnings about the files of annotations and detections.
package enum DetectionWords {
  /// COCO's name of a score: `AP50` for `ap50`, `APs` for `ap_small`, `AR10` for `ar_10`.
  static func name(_ key: String) -> String {
    switch key {
    case "voc_map": return "VOC mAP"
    case "voc_map_11_point": return "VOC07 mAP"
    default: break
    }
    let parts = key.split(separator: "_")
    let rest = parts.dropFirst().map { Int($0) == nil ? String($0.prefix(1)) : String($0) }
    return parts[0].uppercased() + rest.joined()
  }

  /// Warnings about the files of a report.
  package static func warnings(_ report: DetectionReport) -> [Diagnostic] {
    var texts = findings(report.annotations.findings, "annotation", report.annotations.path)
    texts += Self.texts(of: report.detections)
    let without = report.categoriesWithoutBoxes.map { "'\(TerminalText.line($0.name))'" }
    if !without.isEmpty, without.count < report.annotations.categories.count {
      let shown = without.prefix(6).joined(separator: ", ") + (without.count > 6 ? ", …" : "")
      texts.append(
        "\(count(without.count, "category", "categories")) without a box to be found, which the means "
          + "leave out: \(shown)")
    }
    return texts.map { Diagnostic(.warning, $0, at: nil) }
  }

  /// Warnings about a file of detections.
  package static func warnings(of detections: Detections) -> [Diagnostic] {
    texts(of: detections).map { Diagnostic(.warning, $0, at: nil) }
  }

  private static func texts(of detections: Detections) -> [String] {
    let texts = findings(detections.findings, "detection", detections.path)
    return detections.boxes.isEmpty
      ? texts + ["\(TerminalText.line(detections.path)): it holds no detection to be scored"]
      : texts
  }

  private static func findings(_ findings: BoxFindings, _ noun: String, _ path: String) -> [String]
  {
    findings.entries.map { entry in
      let subject = "\(TerminalText.line(path)): \(count(entry.count, noun))"
      let places = entry.places.map { TerminalText.line($0) }.joined(separator: "; ")
      return "\(subject) \(text(entry.kind, entry.count)) (\(places)"
        + (entry.count > entry.places.count ? "; …)" : ")")
    }
  }

  private static func text(_ kind: BoxFindings.Kind, _ count: Int) -> String {
    let (has, is_, does) = count == 1 ? ("has", "is", "reaches") : ("have", "are", "reach")
    let leftOut = kind.isLeftOut ? " and \(is_) left out" : ""
    return switch kind {
    case .notFinite: "\(has) a number that is not finite\(leftOut)"
    case .unknownImage: "\(has) an image that the annotations do not list\(leftOut)"
    case .unknownCategory: "\(has) a category that the annotations do not list\(leftOut)"
    case .duplicateID:
      "\(has) the id of an earlier one; of images and categories the first counts"
    case .missingArea: "\(has) no area, so that of the box is used"
    case .emptyBox: "\(has) a width or height that is not positive"
    case .outsideImage: "\(does) beyond the image"
    }
  }

  /// `1 box`, `5,000 boxes`.
  static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(NumberText.grouped(number)) \(number == 1 ? one : many ?? one + "s")"
  }
}
