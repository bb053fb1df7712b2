/// Pairs of words that stand for no and yes.
enum BooleanWords {
  private static let pairs = [
    (no: "false", yes: "true"), (no: "no", yes: "yes"), (no: "n", yes: "y"), (no: "f", yes: "t"),
    (no: "off", yes: "on"),
  ]

  /// The words for no and yes among these spellings, in whatever case; `nil` unless both of one pair are
  /// there, and nothing else.
  static func names(of spellings: [String]) -> [String]? {
    let words = Set(spellings.map { $0.lowercased() })
    guard let pair = pairs.first(where: { words == [$0.no, $0.yes] }) else { return nil }
    guard spellings.count == 2 else { return [pair.no, pair.yes] }
    return spellings[0].lowercased() == pair.no ? spellings : spellings.reversed()
  }

  /// 0 for no and 1 for yes, digits included; `nil` for anything else.
  static func value(of text: UnsafeRawBufferPointer) -> Int32? {
    guard (1...5).contains(text.count) else { return nil }
    switch String(decoding: text, as: UTF8.self).lowercased() {
    case "0": return 0
    case "1": return 1
    case let word:
      if pairs.contains(where: { $0.no == word }) { return 0 }
      return pairs.contains { $0.yes == word } ? 1 : nil
    }
  }
}
