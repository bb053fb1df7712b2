/// Texts of users, such as names of runs and classes, as gnuplot takes them.
///
/// In single quotes gnuplot knows no escapes, no substitution and no macros. It would take two quotes
/// for one, but not at the beginning of a text, so the apostrophe is drawn as ’ and no text ever holds
/// a quote. Markup ('enhanced' text) is switched off with the terminal.
package enum GnuplotText {
  /// A literal, cut to `limit` characters.
  package static func quoted(_ text: String, limit: Int = 80) -> String {
    "'" + shortened(text, limit) + "'"
  }

  /// The literal of a tic, in which gnuplot also looks for number formats.
  package static func tic(_ text: String, limit: Int = 24) -> String {
    "'"
      + shortened(text, limit).split(separator: "%", omittingEmptySubsequences: false)
      .joined(separator: "%%") + "'"
  }

  /// The text without what cannot be drawn, cut to `limit` characters.
  package static func shortened(_ text: String, _ limit: Int) -> String {
    let plain = visible(text)
    return plain.count <= limit ? plain : plain.prefix(max(1, limit - 1)) + "…"
  }

  /// With line breaks, control characters and marks that turn the direction of writing replaced. A
  /// character of many combining marks keeps the first few.
  private static func visible(_ text: String) -> String {
    String(
      text.prefix(500).map { character in
        let scalars = character.unicodeScalars
        let isHarmless = scalars.allSatisfy { scalar in
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned,
            .surrogate:
            false
          default: scalar.value & 0xFFFE != 0xFFFE
          }
        }
        guard isHarmless else { return "\u{FFFD}" }
        let first = scalars.prefix(4).map { $0 == "'" ? "\u{2019}" : $0 }
        return Character(String(String.UnicodeScalarView(first)))
      })
  }
}
