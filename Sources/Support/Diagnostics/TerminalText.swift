/// Sanitises text for a terminal and measures its width.
package enum TerminalText {
  /// The text with control characters replaced, so that input cannot inject terminal escapes.
  package static func printable(_ text: String) -> String {
    text.unicodeScalars.map { $0 == "\n" ? "\n" : printable(scalar: $0) }.joined()
  }

  /// The same on one line: a line break in a message could fake another message.
  package static func line(_ text: String) -> String {
    printable(text).replacing("\n", with: " ")
  }

  package static func printable(scalar: Unicode.Scalar) -> String {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned:
      // Direction marks could reverse a line, so they are replaced; joined emoji fall apart.
      scalar == "\t" ? " " : "\u{FFFD}"
    default: String(Character(scalar))
    }
  }

  /// The number of terminal columns that the text occupies.
  package static func width(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + width(scalar: $1) }
  }

  private static func width(scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    if scalar.properties.isEmojiPresentation, !(0x1F1E6...0x1F1FF).contains(scalar.value) {
      return 2
    }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
      0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
