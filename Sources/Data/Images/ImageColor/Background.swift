/// The background colour behind transparent pixels.
package struct Background: Codable, Sendable, Hashable, CustomStringConvertible {
  package let red: UInt8
  package let green: UInt8
  package let blue: UInt8

  package static let white = Background(red: 255, green: 255, blue: 255)
  package static let black = Background(red: 0, green: 0, blue: 0)

  package init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// - Parameter text: `white`, `black`, `gray`, a grey level from 0 to 255, or hexadecimal `#RGB` or
  ///   `#RRGGBB`.
  /// - Returns: `nil` if it is none of these.
  package init?(_ text: String) {
    switch text.lowercased() {
    case "white": self = .white
    case "black": self = .black
    case "gray", "grey": self.init(red: 128, green: 128, blue: 128)
    case let text where text.first == "#":
      let digits = text.dropFirst().compactMap(\.hexDigitValue)
      guard digits.count == text.utf8.count - 1 else { return nil }
      func byte(_ high: Int, _ low: Int) -> UInt8 { UInt8(16 * digits[high] + digits[low]) }
      switch digits.count {
      case 3: self.init(red: byte(0, 0), green: byte(1, 1), blue: byte(2, 2))
      case 6: self.init(red: byte(0, 1), green: byte(2, 3), blue: byte(4, 5))
      default: return nil
      }
    case let text:
      guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let level = UInt8(text) else {
        return nil
      }
      self.init(red: level, green: level, blue: level)
    }
  }

  /// The colour in a form that ``init(_:)`` parses.
  package var description: String {
    if self == .white { return "white" }
    if self == .black { return "black" }
    return "#"
      + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  package var isGrey: Bool { red == green && green == blue }
}
