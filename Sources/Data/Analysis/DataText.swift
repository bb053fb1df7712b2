import Diagnostics
import ExperimentConfig

/// Findings as text for a terminal of 80 columns.
package enum DataText {
  private static let width = 80
  /// Rows of each list; the JSON form holds more.
  private static let listLimit = 10

  /// The lines, without line breaks.
  package static func lines(_ findings: DataFindings) -> [String] {
    var lines: [String] = []
    for part in findings.parts { lines += section(part) + [""] }
    if let duplicates = findings.duplicates { lines += section(duplicates) + [""] }
    if let columns = findings.columns { lines += section(columns) + [""] }
    if let groups = findings.groups {
      lines.append(
        "Groups: \(groups.count), of which \(groups.crossing.total) are in more than one part")
      lines += more(groups.crossing) { "\($0.group): \($0.parts.joined(separator: ", "))" } + [""]
    }
    for (title, list) in [
      ("Files that cannot be read", findings.broken), ("Files left out", findings.skipped),
    ] where !list.isEmpty {
      lines += ["\(title): \(list.total)"] + more(list) { "\($0.path): \($0.reason)" } + [""]
    }
    return lines + section(findings.warnings)
  }

  private static func section(_ part: PartFindings) -> [String] {
    var lines = ["\(fit(part.name, 40)): \(DataWarning.counted(part.examples, "example"))"]
    if let classes = part.classes { lines += bars(classes) }
    if let labels = part.labels { lines += bars(labels) }
    for number in part.numbers ?? [] {
      let unit = number.unit.map { " \($0)" } ?? ""
      let deviation = number.standardDeviation.map { ", deviation \(short($0))" } ?? ""
      lines += wrapped(
        "\(number.name): \(short(number.minimum)) to \(short(number.maximum))\(unit), mean "
          + short(number.mean) + deviation)
    }
    if let masks = part.masks {
      lines += ["  pixels of each class"] + bars(masks.pixels)
      lines += ["  images with each class"] + bars(masks.images)
      lines += wrapped("without a class: \(DataWarning.percent(masks.ignored)) of the pixels")
    }
    if let boxes = part.boxes {
      lines += ["  boxes of each class"] + bars(boxes.classes)
      lines += ["  images with each class"] + bars(boxes.images)
      lines += ["  sizes (COCO's: areas below 32², below 96², above)"] + bars(boxes.sizes)
      for remark in boxes.remarks { lines += wrapped(remark) }
      lines += more(boxes.problems) { "\($0.path): \($0.reason)" }
    }
    if let pictures = part.pictures {
      let channels = DataWarning.counted(pictures.channels.count, "channel")
      let size =
        pictures.distinctSizes == 1
        ? "all \(pictures.smallest)"
        : "\(pictures.distinctSizes) sizes, \(pictures.smallest) to \(pictures.largest), median "
          + "\(pictures.median)"
      lines += wrapped("images: \(size), \(channels)")
      lines += wrapped(
        "mean \(pictures.channels.map { short($0.mean) }.joined(separator: ", ")), deviation "
          + pictures.channels.map { short($0.standardDeviation) }.joined(separator: ", ")
          + " (of 0 to 1)")
    }
    if !part.unreadable.isEmpty {
      lines += wrapped("cannot be read: \(part.unreadable.total)")
      lines += more(part.unreadable) { "\($0.path): \($0.reason)" }
    }
    return lines
  }

  /// A bar for each class, the longest 30 columns wide.
  private static func bars(_ classes: [ClassCount]) -> [String] {
    let shown = classes.prefix(2 * listLimit)
    let names = shown.map { fit($0.name, 20) }
    let longest = names.map(TerminalText.width).max() ?? 0
    let digits = shown.map { NumberText.grouped($0.count).count }.max() ?? 0
    let most = max(1, classes.map(\.count).max() ?? 1)
    var lines = zip(shown, names).map { entry, name in
      var bar = Int((30 * Double(entry.count) / Double(most)).rounded())
      if entry.count > 0 { bar = max(1, bar) }
      let share = DataWarning.percent(entry.share)
      return "  " + padded(name, longest) + "  "
        + padded(NumberText.grouped(entry.count), digits, left: true)
        + "  " + padded(share, 7, left: true) + "  " + String(repeating: "#", count: bar)
    }.map(trimmed)
    if classes.count > shown.count { lines.append("  and \(classes.count - shown.count) more") }
    return lines
  }

  private static func section(_ duplicates: DuplicateFindings) -> [String] {
    var lines = [
      "Duplicates among \(DataWarning.counted(duplicates.compared, "example"))",
      "  exact copies    \(duplicates.exactCopies), in "
        + DataWarning.counted(duplicates.exact.total, "group"),
    ]
    if duplicates.searchesNear {
      lines.append(
        "  look alike      \(DataWarning.counted(duplicates.nearPairs, "pair")), in "
          + DataWarning.counted(duplicates.near.total, "group"))
    }
    for crossing in duplicates.across where crossing.exact + crossing.near > 0 {
      lines += wrapped(
        "of '\(crossing.part)', \(crossing.exact) are exactly and \(crossing.near) nearly in "
          + "'\(crossing.other)'")
    }
    if !duplicates.exact.isEmpty { lines += ["  Exact copies:"] + more(duplicates.exact, describe) }
    if !duplicates.near.isEmpty { lines += ["  Look alike:"] + more(duplicates.near, describe) }
    return lines
  }

  /// `2, across parts, different targets: train 3, test 5`.
  private static func describe(_ group: DuplicateGroup) -> String {
    var words = [String(group.count)]
    if group.crossesParts { words.append("across parts") }
    if group.isConflicting { words.append("different targets") }
    if group.hasCropped { words.append("cropped") }
    if group.hasMirrored { words.append("mirrored") }
    let members = group.members.prefix(4).map(\.title)
    let rest = group.count > 4 ? ", …" : ""
    return words.joined(separator: ", ") + ": " + members.joined(separator: ", ") + rest
  }

  private static func section(_ columns: ColumnFindings) -> [String] {
    var lines = [
      "Columns: \(columns.count), of which \(columns.constant.total) never change and "
        + "\(columns.leaking.total) predict the target almost perfectly"
    ]
    lines += more(columns.constant) { "\($0): only one value" }
    lines += more(columns.leaking) {
      let target = $0.target.map { " of '\($0)'" } ?? ""
      return
        "\($0.name): \($0.measure == .auc ? "AUC" : $0.measure.rawValue)\(target) \(short($0.value))"
    }
    return lines + more(columns.notFinite) { "\($0): values that are not finite numbers" }
  }

  private static func section(_ warnings: [DataWarning]) -> [String] {
    guard !warnings.isEmpty else { return ["Nothing suspicious was found."] }
    var lines: [String] = []
    for warning in warnings {
      lines += wrapped("\(warning.severity.rawValue): \(warning.title)", indent: 0, hanging: 2)
      lines += wrapped(warning.meaning) + wrapped(warning.advice)
    }
    return lines
  }

  /// The first entries of a list, and how many there are besides.
  private static func more<Element>(
    _ list: CappedList<Element>, _ text: (Element) -> String
  ) -> [String] {
    let shown = list.shown.prefix(listLimit)
    let lines = shown.flatMap { wrapped(text($0), indent: 4, hanging: 6) }
    return list.total > shown.count ? lines + ["    and \(list.total - shown.count) more"] : lines
  }

  /// Four significant digits, without trailing zeros.
  private static func short(_ value: Double) -> String { ShortNumber.text(value) }

  private static func wrapped(_ text: String, indent: Int = 2, hanging: Int? = nil) -> [String] {
    let hanging = hanging ?? indent
    var lines: [String] = []
    var line = String(repeating: " ", count: indent)
    var isEmpty = true
    for word in TerminalText.line(text).split(separator: " ") {
      let word = fit(String(word), width - hanging)
      if !isEmpty, TerminalText.width(line) + 1 + TerminalText.width(word) > width {
        lines.append(line)
        line = String(repeating: " ", count: hanging)
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return lines + [line]
  }

  private static func trimmed(_ text: String) -> String {
    String(text.reversed().drop { $0 == " " }.reversed())
  }

  private static func padded(_ text: String, _ width: Int, left: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - TerminalText.width(text)))
    return left ? space + text : text + space
  }

  /// At most `width` columns of `text`, with an ellipsis if it is longer.
  private static func fit(_ text: String, _ width: Int) -> String {
    let text = TerminalText.line(text)
    if TerminalText.width(text) <= width { return text }
    var result = ""
    for character in text {
      if TerminalText.width(result + String(character)) > width - 1 { break }
      result.append(character)
    }
    return result + "…"
  }
}
