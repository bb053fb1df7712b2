import BoxAnnotations
import Comparison
import DetectionScores
import Diagnostics
import ExperimentConfig
import Reporting
import RunRecord
import Statistics
import Tasks

/// The scores of detections for a terminal of 80 columns.
package struct DetectionText {
  private let terminal: Terminal

  package init(_ terminal: Terminal) { self.terminal = terminal }

  /// One file of detections.
  package func render(_ report: DetectionReport) -> String {
    heading(report, ["detections": report]) + "\n" + summary(report) + notes([report]) + "\n"
      + categories(report)
  }

  /// Two files with the same annotations.
  package func render(
    _ a: DetectionReport, _ b: DetectionReport, _ difference: CocoDifference
  ) -> String {
    heading(a, ["A": a, "B": b]) + "\n" + summary(a, b) + notes([a, b]) + "\n" + categories(a, b)
      + "\n  " + WrappedText.wrap(Self.verdict(difference, a, b), indent: 2) + "\n"
  }

  // MARK: Heading

  private func heading(
    _ report: DetectionReport, _ files: KeyValuePairs<String, DetectionReport>
  )
    -> String
  {
    var table = TextTable([.left, .left])
    for (label, file) in files {
      table.add([
        terminal.bold(label),
        Self.fitted(file.detections.path, 46) + ": "
          + DetectionWords.count(file.detections.boxes.count, "detection"),
      ])
    }
    let annotations = report.annotations
    table.add([
      terminal.bold("annotations"),
      Self.fitted(annotations.path, 46) + ": "
        + DetectionWords.count(annotations.images.count, "image"),
    ])
    let ignored = report.matches.categories.reduce(0) { $0 + $1.ignoredCount }
    let boxes = annotations.boxes.count - ignored
    var facts = [
      DetectionWords.count(annotations.categories.count, "category", "categories"),
      DetectionWords.count(boxes, "box", "boxes"),
    ]
    if ignored > 0 {
      let what = annotations.format == .coco ? "crowd" : "difficult box"
      facts.append(DetectionWords.count(ignored, what, ignored == 1 ? what : what.plural))
    }
    if report.imagesWithoutBoxes > 0 {
      facts.append(DetectionWords.count(report.imagesWithoutBoxes, "image") + " without boxes")
    }
    table.add(["", facts.joined(separator: ", ")])
    return table.render()
  }

  /// The end of a path that is too long.
  private static func fitted(_ path: String, _ most: Int) -> String {
    let text = TerminalText.line(path)
    return text.count <= most ? text : "…" + text.suffix(most - 1)
  }

  // MARK: Scores

  private func summary(_ report: DetectionReport) -> String {
    let method = (report.intervals.ap ?? report.intervals.ap50)?.method
    var table = TextTable([.left, .right, .left, .left, .left, .right])
    table.add([
      "", "score", method.map { "\($0.confidenceText) interval" } ?? "", "overlap", "area", "most",
    ])
    table.addRule()
    for value in report.scores.values {
      table.add(
        [
          DetectionWords.name(value.key), Self.cell(value.number),
          Self.interval(report, value.key)?.text ?? "",
        ] + Self.meaning(value.key, report))
    }
    for value in report.voc?.values ?? [] {
      table.add([DetectionWords.name(value.key), Self.cell(value.number), "", "0.50", "all", ""])
    }
    return table.render()
  }

  private func summary(_ a: DetectionReport, _ b: DetectionReport) -> String {
    var table = TextTable([.left, .right, .right, .right, .left, .left, .right])
    table.add(["", "A", "B", "B − A", "overlap", "area", "most"])
    table.addRule()
    for value in a.scores.values {
      let other = b.scores[value.key]?.number
      table.add(
        [
          DetectionWords.name(value.key), Self.cell(value.number), Self.cell(other),
          Self.change(value.number, other),
        ] + Self.meaning(value.key, a))
    }
    for (value, other) in zip(a.voc?.values ?? [], b.voc?.values ?? []) {
      table.add([
        DetectionWords.name(value.key), Self.cell(value.number), Self.cell(other.number),
        Self.change(value.number, other.number), "0.50", "all", "",
      ])
    }
    return table.render()
  }

  /// Overlap, area and number of detections of a score.
  private static func meaning(_ key: String, _ report: DetectionReport) -> [String] {
    let overlap = key == "ap50" ? "0.50" : key == "ap75" ? "0.75" : "0.50 to 0.95"
    let last = key.split(separator: "_").last.map(String.init) ?? ""
    let area = ["small", "medium", "large"].contains(last) ? last : "all"
    let most = Int(last) ?? report.matches.rules.most
    return [overlap, area, NumberText.grouped(most)]
  }

  static func interval(_ report: DetectionReport, _ key: String) -> Interval? {
    key == "ap" ? report.intervals.ap : key == "ap50" ? report.intervals.ap50 : nil
  }

  /// How intervals were computed, and why scores are undefined.
  private func notes(_ reports: [DetectionReport]) -> String {
    var lines: [String] = []
    if reports.count == 1,
      let method = (reports[0].intervals.ap ?? reports[0].intervals.ap50)?.method
    {
      lines.append(
        "interval: \(method.name.rawValue) over \(DetectionWords.count(method.count, "image"))"
          + (method.resamples.map { " (\(NumberText.grouped($0)) resamples)" } ?? ""))
    }
    for value in reports[0].scores.values {
      if let reason = value.reason { lines.append("\(DetectionWords.name(value.key)): \(reason)") }
    }
    return lines.isEmpty
      ? "" : "\n" + lines.map { "  \(WrappedText.wrap($0, indent: 2))\n" }.joined()
  }

  // MARK: Categories

  private func categories(_ report: DetectionReport) -> String {
    let hasVOC = report.voc != nil
    var table = TextTable(
      [.left, .right, .right, .right] + (hasVOC ? [.right] : []) + [.right, .right])
    table.add(
      ["category", "AP", "AP50", "AR"] + (hasVOC ? ["VOC AP"] : []) + ["boxes", "detections"])
    table.addRule()
    for (index, category) in report.annotations.categories.enumerated() {
      let scores = report.scores.categories[index]
      let matches = report.matches.categories[index]
      table.add(
        [
          Self.fitted(category.name, 24), Self.cell(scores.ap), Self.cell(scores.ap50),
          Self.cell(scores.ar),
        ] + (report.voc.map { [Self.cell($0.categories[index].ap)] } ?? []) + [
          NumberText.grouped(matches.boxCount), NumberText.grouped(matches.detectionCount),
        ])
    }
    return table.render()
  }

  private func categories(_ a: DetectionReport, _ b: DetectionReport) -> String {
    var table = TextTable([.left, .right, .right, .right, .right])
    table.add(["category", "AP of A", "AP of B", "B − A", "boxes"])
    table.addRule()
    for (index, category) in a.annotations.categories.enumerated() {
      let (first, second) = (a.scores.categories[index].ap, b.scores.categories[index].ap)
      table.add([
        Self.fitted(category.name, 32), Self.cell(first), Self.cell(second),
        Self.change(first, second),
        NumberText.grouped(a.matches.categories[index].boxCount),
      ])
    }
    return table.render()
  }

  private static func cell(_ value: Double?) -> String {
    value.map { NumberText.fixed($0, 4) } ?? "–"
  }

  private static func change(_ a: Double?, _ b: Double?) -> String {
    guard let a, let b else { return "–" }
    return NumberWords.signed(b - a)
  }

  // MARK: Verdict

  /// The verdict in `diff`'s words.
  package static func verdict(
    _ difference: CocoDifference, _ a: DetectionReport, _ b: DetectionReport
  ) -> String {
    let heading =
      switch difference.outcome {
      case .identical: "Identical"
      case .indistinguishable: "Indistinguishable"
      case .aBetter: "A is better"
      case .bBetter: "B is better"
      case .notComparable: "Not comparable"
      }
    guard let change = difference.difference, let first = a.scores["ap"]?.number,
      let second = b.scores["ap"]?.number
    else { return "\(heading): AP is undefined, because no box has to be found." }
    if difference.outcome == .identical { return "\(heading): the detections are the same." }
    var text =
      "\(heading): AP \(NumberWords.score(first)) → \(NumberWords.score(second)), "
      + NumberWords.signed(change)
    if let interval = difference.interval, let p = difference.p {
      text +=
        ", \(interval.method.confidenceText) interval \(NumberWords.signed(interval.lower)) to "
        + "\(NumberWords.signed(interval.upper)), p \(NumberWords.p(p)) (paired bootstrap over "
        + DetectionWords.count(interval.method.count, "image")
        + (interval.method.resamples.map { ", \(NumberText.grouped($0)) resamples" } ?? "") + ")"
    } else {
      text += "; the difference does not vary between resamples of the images"
    }
    return text + "."
  }
}

extension String {
  fileprivate var plural: String { hasSuffix("x") ? self + "es" : self + "s" }
}

extension MetricValue {
  /// The same as ``value``, but never inlined: the optimiser of Swift 6.3.1 fails where two copies meet.
  @inline(never) fileprivate var number: Double? { value }
}
