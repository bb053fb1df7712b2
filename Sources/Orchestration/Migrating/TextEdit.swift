import Diagnostics

/// A replacement of one part of a file's text, which leaves everything else as it is.
struct TextEdit {
  /// Offsets in Unicode scalars.
  let range: Range<Int>
  let replacement: String

  /// Applies edits that do not overlap.
  static func apply(_ edits: [TextEdit], to text: String) -> String {
    var scalars = Array(text.unicodeScalars)
    for edit in edits.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
      scalars.replaceSubrange(edit.range, with: Array(edit.replacement.unicodeScalars))
    }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: scalars)
    return String(result)
  }
}

/// The places of a text in Unicode scalars, by lines and columns as a ``Diagnostics/SourceFile`` counts them.
struct TextPlaces {
  let scalars: [Unicode.Scalar]
  private let starts: [Int]

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
    var starts = [0]
    for (index, scalar) in scalars.enumerated() {
      switch scalar {
      case "\r" where index + 1 < scalars.count && scalars[index + 1] == "\n": continue
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": starts.append(index + 1)
      default: continue
      }
    }
    self.starts = starts
  }

  /// The offset of a position; the end of the text for one that lies behind it.
  func offset(_ position: Position) -> Int {
    guard starts.indices.contains(position.line - 1) else { return scalars.count }
    return min(starts[position.line - 1] + position.column - 1, scalars.count)
  }

  /// The last place of `text` in `range`; `nil` if it is not there as it is, such as with escapes.
  func last(_ text: String, in range: SourceRange) -> Range<Int>? {
    let wanted = Array(text.unicodeScalars)
    let (start, end) = (offset(range.start), offset(range.end))
    guard !wanted.isEmpty, end - start >= wanted.count else { return nil }
    for place in stride(from: end - wanted.count, through: start, by: -1)
    where scalars[place..<place + wanted.count].elementsEqual(wanted) {
      return place..<place + wanted.count
    }
    return nil
  }
}
