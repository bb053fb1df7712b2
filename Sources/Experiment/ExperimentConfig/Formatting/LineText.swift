/// A text as lines, which become a text with the same line breaks again.
struct LineText {
  /// Without line breaks.
  let lines: [String]
  /// That of the first line.
  private let lineBreak: String

  /// - Returns: `nil` if there are line breaks that only YAML knows: a carriage return alone, NEL, LS or PS.
  init?(_ text: String) {
    var pieces = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    lineBreak = pieces.count > 1 && pieces[0].last == 0x0D ? "\r\n" : "\n"
    for index in pieces.indices.dropLast() where pieces[index].last == 0x0D {
      pieces[index].removeLast()
    }
    if pieces.last?.isEmpty == true { pieces.removeLast() }
    lines = pieces.map { String(decoding: $0, as: UTF8.self) }
    let others = "\r\u{85}\u{2028}\u{2029}".unicodeScalars
    if lines.contains(where: { $0.unicodeScalars.contains { others.contains($0) } }) { return nil }
  }

  /// - Parameter lines: what the text is to have instead.
  func joined(_ lines: [String]) -> String { lines.map { $0 + lineBreak }.joined() }
}
