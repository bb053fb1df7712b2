/// Recognises numbers with separators between their thousands, which are not read: `1,234,567`, `1.234,5`.
enum ThousandsText {
  static func matches(_ text: UnsafeRawBufferPointer) -> Bool {
    guard (5...40).contains(text.count) else { return false }
    var rest = text[...]
    if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    let first = rest.prefix { $0.isDigit }
    guard (1...3).contains(first.count), let separator = rest.dropFirst(first.count).first,
      ",. '_".utf8.contains(separator)
    else { return false }
    rest = rest.dropFirst(first.count)
    var groups = 0
    while rest.first == separator {
      let group = rest.dropFirst().prefix { $0.isDigit }
      guard group.count == 3 else { return false }
      rest = rest.dropFirst(4)
      groups += 1
    }
    guard groups > 0 else { return false }
    guard let mark = rest.first else { return true }
    let decimals = rest.dropFirst()
    return (mark == UInt8(ascii: ".") || mark == UInt8(ascii: ",")) && mark != separator
      && decimals.allSatisfy(\.isDigit)
  }
}
