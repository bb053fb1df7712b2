/// The character between the fields of a line.
package struct Delimiter: Hashable, Sendable, Codable {
  /// Its ASCII code.
  package let byte: UInt8

  package static let comma = Delimiter(byte: UInt8(ascii: ","))
  package static let semicolon = Delimiter(byte: UInt8(ascii: ";"))
  package static let tab = Delimiter(byte: UInt8(ascii: "\t"))
  package static let bar = Delimiter(byte: UInt8(ascii: "|"))

  /// The delimiters that are recognised by themselves. Where two of them explain a file equally well, the
  /// first is meant: commas also occur in numbers and in text.
  static let recognized = [tab, semicolon, bar, comma]

  private init(byte: UInt8) { self.byte = byte }

  /// One ASCII character, or `tab` or `\t`; `nil` for a quote, a line break, a letter, a digit, and what is
  /// part of numbers (`.`, `-`, `+`).
  package init?(_ text: String) {
    if text == "tab" || text == "\\t" {
      self = .tab
      return
    }
    guard text.utf8.count == 1, let byte = text.utf8.first else { return nil }
    let isAllowed =
      byte == UInt8(ascii: "\t") || (0x20..<0x7F).contains(byte) && !byte.isWordCharacter
    guard isAllowed, !"\".-+".utf8.contains(byte) else { return nil }
    self.byte = byte
  }
}

extension Delimiter: CustomStringConvertible {
  /// `comma`, `tab`, `'#'`.
  package var description: String {
    switch self {
    case .comma: "comma"
    case .semicolon: "semicolon"
    case .tab: "tab"
    case .bar: "'|'"
    case _ where byte == UInt8(ascii: " "): "space"
    default: "'\(Character(Unicode.Scalar(byte)))'"
    }
  }
}

extension UInt8 {
  /// Whether this is the code of an ASCII digit.
  var isDigit: Bool { self &- 0x30 < 10 }

  /// Whether this is the code of an ASCII letter, digit or underscore.
  var isWordCharacter: Bool { isDigit || (self | 0x20) &- 0x61 < 26 || self == 0x5F }
}
