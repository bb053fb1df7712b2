import Diagnostics
import YAMLSyntax

/// The lines of an experiment file by section, each with its comments, spaced as they are written again.
struct SectionLines {
  /// Directives and `---`, which stay at the top as they are.
  private var preamble: [String] = []
  /// The comment about the whole file.
  private var header: [String] = []
  private var headerIsApart = false
  private var sections: [Section] = []
  /// Comments after the last section.
  private var tail: [String] = []

  struct Failure: Error {
    let reason: String
  }

  /// A key with its value.
  private struct Section {
    let rank: TopLevelOrder.Rank
    /// Comments above the key.
    var comments: [String]
    var body: [String]
    /// Whether comments that are not indented follow the value.
    var hasCommentsBelow = false
    /// Whether there was a blank line above.
    var isApart: Bool
    /// Whether it ends in a text to which blank lines would be added.
    var endsInText: Bool
  }

  /// Splits the lines of a file.
  static func split(_ lines: [String], _ layout: YAMLLayout) -> Result<SectionLines, Failure> {
    let spacing = LineSpacing(lines, layout)
    guard let first = layout.entries.first, first.start.column == 1,
      layout.entries.allSatisfy({ $0.start.column == 1 && $0.lastLine <= lines.count })
    else { return .failure(Failure(reason: "its sections do not start at the left margin")) }
    var result = SectionLines()
    var gap = Gap(spacing, 0..<(first.start.line - 1))
    if let last = gap.lines.lastIndex(where: { !isBlankOrComment($0) }) {
      result.preamble = Array(gap.lines[...last])
      guard
        result.preamble.allSatisfy({
          isBlankOrComment($0) || $0.hasPrefix("%") || $0.hasPrefix("---")
        })
      else { return .failure(Failure(reason: "its first section is not the first line")) }
      gap.lines.removeFirst(last + 1)
    }
    var comments = gap.header(into: &result)
    var isApart = false
    var rank = TopLevelOrder.Rank.first
    for (index, entry) in layout.entries.enumerated() {
      rank = TopLevelOrder.rank(entry.key) ?? rank
      let whole = spacing.lines((entry.start.line - 1)..<entry.lastLine)
      let body = entry.keepsBlankLines ? whole : whole.droppingBlankEnd()
      var section = Section(
        rank: rank, comments: comments, body: body, isApart: isApart,
        endsInText: entry.keepsBlankLines)
      let isLast = index + 1 == layout.entries.count
      let next = isLast ? lines.count : layout.entries[index + 1].start.line - 1
      guard next >= entry.lastLine else {
        return .failure(Failure(reason: "its sections are not on lines of their own"))
      }
      var gap = Gap(spacing, entry.lastLine..<next, isLast: isLast)
      if body.count < whole.count { gap.lines.insert("", at: 0) }
      guard gap.lines.allSatisfy(isBlankOrComment) else {
        return .failure(Failure(reason: "it has lines between its sections that are no comments"))
      }
      let below = gap.takeIndented()
      let attached = gap.takeAttached()
      section.body += below + attached
      section.hasCommentsBelow = !attached.isEmpty
      if !below.isEmpty || !attached.isEmpty { section.endsInText = false }
      result.sections.append(section)
      isApart = gap.lines.first == ""
      comments = gap.lines.droppingBlankStart().droppingBlankEnd(unless: !isLast).atMargin()
      if isLast { result.tail = comments }
    }
    return .success(result)
  }

  private static func isBlankOrComment(_ line: String) -> Bool {
    let text = line.drop { $0 == " " || $0 == "\t" }
    return text.isEmpty || text.hasPrefix("#")
  }

  /// The same with the sections in order. Keys that no experiment has stay behind their neighbour.
  var ordered: SectionLines {
    var result = self
    result.sections = sections.enumerated()
      .sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }.map(\.element)
    return result
  }

  /// The lines of the file.
  var lines: [String] {
    var lines = preamble + header
    for (index, section) in sections.enumerated() {
      if index == 0 {
        let needsBlank = headerIsApart || !section.comments.isEmpty
        if !header.isEmpty, needsBlank { lines.append("") }
      } else {
        let above = sections[index - 1]
        let needsBlank =
          above.rank.group != section.rank.group || section.isApart || above.hasCommentsBelow
        if needsBlank, !above.endsInText { lines.append("") }
      }
      lines += section.comments + section.body
    }
    if !tail.isEmpty {
      if sections.last?.endsInText != true { lines.append("") }
      lines += tail
    }
    return lines
  }

  /// The lines between two sections.
  private struct Gap {
    var lines: [String]

    /// Whether no section follows.
    private let isLast: Bool

    init(_ spacing: LineSpacing, _ range: Range<Int>, isLast: Bool = false) {
      lines = spacing.lines(range)
      self.isLast = isLast
    }

    /// Moves what comes before the first section to the header.
    ///
    /// - Returns: the comments of the first section itself: those below the last blank line.
    mutating func header(into result: inout SectionLines) -> [String] {
      let all = lines.droppingBlankStart()
      guard let blank = all.lastIndex(of: "") else {
        result.header = all
        return []
      }
      result.header = Array(all[..<blank])
      result.headerIsApart = true
      return Array(all[(blank + 1)...]).atMargin()
    }

    /// Removes the comments that are indented like a part of the section above.
    mutating func takeIndented() -> [String] {
      let end = lines.firstIndex { $0.hasPrefix("#") } ?? lines.count
      guard let last = lines[..<end].lastIndex(where: { $0 != "" }) else { return [] }
      defer { lines.removeFirst(last + 1) }
      return Array(lines[...last])
    }

    /// Removes the comments that directly follow the section above and are followed by a blank line or nothing.
    mutating func takeAttached() -> [String] {
      let end = lines.firstIndex(of: "") ?? lines.count
      guard end > 0, end < lines.count || isLast else { return [] }
      defer { lines.removeFirst(end) }
      return Array(lines[..<end])
    }
  }
}

extension [String] {
  /// Comments without indentation, where they would seem to belong to the section above.
  fileprivate func atMargin() -> [String] { map { String($0.drop { $0 == " " || $0 == "\t" }) } }

  fileprivate func droppingBlankStart() -> [String] { Array(drop { $0.isEmpty }) }

  fileprivate func droppingBlankEnd(unless isKept: Bool = false) -> [String] {
    var lines = self
    while !isKept, lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }
}
