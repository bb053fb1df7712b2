import Diagnostics
import YAMLSyntax

/// The white space within the lines of a file, outside texts of several lines.
struct LineSpacing {
  private let spaced: [String]
  /// Whether a line belongs to a text of several lines, in which blank lines count.
  private let isText: [Bool]

  init(_ lines: [String], _ layout: YAMLLayout) {
    var isText = [Bool](repeating: false, count: lines.count)
    /// By line, the columns of scalars, from 0.
    var spans = [[Range<Int>]](repeating: [], count: lines.count)
    for scalar in layout.scalars {
      let first = scalar.start.line - 1
      let last = min(scalar.end.line - 1, lines.count - 1)
      if first == last, scalar.style != .block {
        spans[first].append((scalar.start.column - 1)..<(scalar.end.column - 1))
      } else if scalar.style == .block {
        let end = scalar.end.column == 1 && last > first && scalar.end.line <= lines.count
        for line in first...(end ? last - 1 : last) { isText[line] = true }
      } else {
        for line in first..<last { isText[line] = true }
        spans[last].append(0..<(scalar.end.column - 1))
      }
    }
    self.isText = isText
    spaced = lines.indices.map { index in
      isText[index] ? lines[index] : Self.spaced(lines[index], texts: spans[index])
    }
  }

  /// Some of the lines, with at most one blank line in a row outside texts.
  func lines(_ range: Range<Int>) -> [String] {
    var result: [String] = []
    var afterBlank = false
    for index in range {
      let isBlank = spaced[index].isEmpty && !isText[index]
      if isBlank, afterBlank { continue }
      result.append(spaced[index])
      afterBlank = isBlank
    }
    return result
  }

  /// A line without white space at its end and with at least two spaces before its comment.
  private static func spaced(_ line: String, texts: [Range<Int>]) -> String {
    let scalars = Array(line.unicodeScalars)
    func isSpace(_ index: Int) -> Bool { scalars[index] == " " || scalars[index] == "\t" }
    func text(_ range: Range<Int>) -> String {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars[range])
      return String(view)
    }
    var end = scalars.count
    while end > 0, isSpace(end - 1) { end -= 1 }
    let comment = (0..<end).first { index in
      scalars[index] == "#" && (index == 0 || isSpace(index - 1))
        && !texts.contains { $0.contains(index) }
    }
    guard let comment else { return text(0..<end) }
    var code = comment
    while code > 0, isSpace(code - 1) { code -= 1 }
    let gap = text(code..<comment)
    let isWide = code == 0 || (gap.count >= 2 && !gap.contains("\t"))
    return text(0..<code) + (isWide ? gap : "  ") + text(comment..<end)
  }
}
