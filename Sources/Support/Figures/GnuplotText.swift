/// User text, such as names of runs and classes, quoted for gnuplot.
///
/// In single quotes gnuplot has no escapes, substitutions or macros. It reads two quotes as one,
/// except at the beginning of a string, so apostrophes are drawn as ’ and no string ever contains a
/// quote. Markup ('enhanced' text) is disabled for the terminal.
package enum GnuplotText {
  /// A string literal, truncated to `limit` characters.
  package static func quoted(_ text: String, limit: Int = 80) -> String {
    "'" + shortened(text, limit) + "'"
  }

  /// A literal for a tick label, in which gnuplot also interprets number formats.
  package static func tic(_ text: String, limit: Int = 24) -> String {
    "'"
      + shortened(text, limit).split(separator: "%", omittingEmptySubsequences: false)
      .joined(separator: "%%") + "'"
  }

  /// The text without undrawable characters, truncated to `limit` characters.
  package static func shortened(_ text: String, _ limit: Int) -> String {
    let plain = visible(text)
    return plain.count <= limit ? plain : plain.prefix(max(1, limit - 1)) + "…"
  }

  /// The text with line breaks, control characters and direction marks replaced. At most four
  /// scalars of each character are kept.
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
