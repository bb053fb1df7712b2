/// Recognises dates and times of day: ISO 8601, and the usual forms with slashes, points and English months.
enum DateText {
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "january",
    "february",
    "march", "april", "june", "july", "august", "september", "sept", "october", "november",
    "december",
  ]
  private static let weekdays = [
    "mon", "tue", "wed", "thu", "fri", "sat", "sun", "monday", "tuesday", "wednesday", "thursday",
    "friday",
    "saturday", "sunday",
  ]

  /// Whether `text` is a date, a time, or both.
  static func matches(_ text: UnsafeRawBufferPointer) -> Bool {
    guard (4...40).contains(text.count) else { return false }
    var words = text.split(whereSeparator: {
      $0 == 0x20 || $0 == 0x2C || $0 == UInt8(ascii: "T") && isISO(text)
    })
    .map { Array($0) }
    words.removeAll { weekdays.contains(lowercased($0)) || $0 == Array("UTC".utf8) }
    if let last = words.last, ["am", "pm"].contains(lowercased(last)) { words.removeLast() }
    guard let last = words.last else { return false }
    if words.count == 1 { return isDate(last) || isTime(last) }
    if isTime(last) { words.removeLast() }
    if words.count == 1 { return isDate(words[0]) }
    return words.count == 3 && isWritten(words)
  }

  private static func lowercased(_ word: [UInt8]) -> String {
    String(decoding: word, as: UTF8.self).lowercased()
  }

  /// `2024-01-31T…`
  private static func isISO(_ text: UnsafeRawBufferPointer) -> Bool {
    text.count > 11 && text[4] == UInt8(ascii: "-") && text[7] == UInt8(ascii: "-")
      && text[10] == UInt8(ascii: "T")
  }

  private static func number(_ digits: some Collection<UInt8>) -> Int? {
    guard (1...4).contains(digits.count), digits.allSatisfy(\.isDigit) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 &- 0x30) }
  }

  /// `2024-01-31`, `31.01.2024`, `1/31/24`, `31-Jan-2024`.
  private static func isDate(_ word: [UInt8]) -> Bool {
    for separator in "-/.".utf8 {
      let parts = word.split(separator: separator, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      if months.contains(lowercased(Array(parts[1]))) {
        return isDay(parts[0]) && number(parts[2]) != nil
      }
      if parts[0].count == 4 {
        return isMonth(parts[1]) && isDay(parts[2]) && number(parts[0]) != nil
      }
      let isYear = (parts[2].count == 4 || parts[2].count == 2) && number(parts[2]) != nil
      return isYear
        && (isMonth(parts[0]) && isDay(parts[1]) || isDay(parts[0]) && isMonth(parts[1]))
    }
    return false
  }

  /// `5 Jan 2024`, `January 5 2024`.
  private static func isWritten(_ words: [[UInt8]]) -> Bool {
    guard words[2].count == 4, number(words[2]) != nil else { return false }
    return months.contains(lowercased(words[0])) && isDay(words[1])
      || months.contains(lowercased(words[1])) && isDay(words[0])
  }

  private static func isMonth(_ digits: some Collection<UInt8>) -> Bool {
    digits.count <= 2 && number(digits).map((1...12).contains) ?? false
  }

  private static func isDay(_ digits: some Collection<UInt8>) -> Bool {
    digits.count <= 2 && number(digits).map((1...31).contains) ?? false
  }

  /// `12:30`, `12:30:59.123`, each perhaps with `Z` or `+01:00`.
  private static func isTime(_ word: [UInt8]) -> Bool {
    var word = word[...]
    if word.last == UInt8(ascii: "Z") {
      word.removeLast()
    } else if let zone = word.lastIndex(where: {
      $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-")
    }) {
      guard word[(zone + 1)...].allSatisfy({ $0.isDigit || $0 == UInt8(ascii: ":") }) else {
        return false
      }
      word = word[..<zone]
    }
    var parts = word.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count) else { return false }
    if parts.count == 3, let point = parts[2].firstIndex(of: UInt8(ascii: ".")) {
      guard parts[2][(point + 1)...].allSatisfy(\.isDigit) else { return false }
      parts[2] = parts[2][..<point]
    }
    guard let hour = number(parts[0]), hour < 25, parts[0].count <= 2 else { return false }
    return parts.dropFirst().allSatisfy { $0.count == 2 && number($0).map { $0 < 61 } ?? false }
  }
}
