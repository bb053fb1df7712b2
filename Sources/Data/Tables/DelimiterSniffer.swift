/// Recognises the delimiter of a text by its first lines.
enum DelimiterSniffer {
  private static let mostBytes = 1 << 16
  private static let mostRows = 50

  /// The delimiter that divides most of the first rows into as many fields as the first one, then the one
  /// that makes more fields of them; a comma if none divides the first row.
  static func delimiter(of bytes: UnsafeBufferPointer<UInt8>) -> Delimiter {
    let isCut = bytes.count > mostBytes
    let beginning = UnsafeBufferPointer(rebasing: bytes.prefix(mostBytes))
    var best: (delimiter: Delimiter, share: Double, count: Int)?
    for delimiter in Delimiter.recognized {
      let counts = fieldCounts(beginning, delimiter.byte, isCut: isCut)
      guard let first = counts.first, first > 1 else { continue }
      let share = Double(counts.count { $0 == first }) / Double(counts.count)
      let isBetter =
        best.map { share > $0.share || share == $0.share && first > $0.count } ?? true
      if isBetter { best = (delimiter, share, first) }
    }
    return best?.delimiter ?? .comma
  }

  /// How many fields each of the first rows has; what was cut off at the end is not counted.
  private static func fieldCounts(
    _ bytes: UnsafeBufferPointer<UInt8>, _ delimiter: UInt8, isCut: Bool
  ) -> [Int] {
    var counts: [Int] = []
    var count = 1
    var isQuoted = false
    var isAtFieldStart = true
    var isEmpty = true
    for byte in bytes {
      if byte == UInt8(ascii: "\"") {
        // A doubled quote ends and begins the quotes.
        if isQuoted || isAtFieldStart { isQuoted.toggle() }
        isEmpty = false
      } else if isQuoted {
        continue
      } else if byte == delimiter {
        count += 1
        isAtFieldStart = true
        isEmpty = false
        continue
      } else if byte == 10 || byte == 13 {
        if !isEmpty { counts.append(count) }
        if counts.count == mostRows { return counts }
        (count, isAtFieldStart, isEmpty) = (1, true, true)
        continue
      } else if byte != UInt8(ascii: " ") {
        isAtFieldStart = false
        isEmpty = false
      }
      if !isQuoted, byte != UInt8(ascii: " "), byte != UInt8(ascii: "\"") { isAtFieldStart = false }
    }
    if !isEmpty, !isCut || counts.isEmpty { counts.append(count) }
    return counts
  }
}
