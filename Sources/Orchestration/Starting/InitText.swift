import Diagnostics
import ExperimentConfig

/// Text of users in files and messages.
enum InitText {
  /// A name or text as a YAML value.
  static func value(_ text: String) -> String { ResolvedYAML.value(text) }

  /// In a comment or a message: one line without control characters.
  static func oneLine(_ text: String) -> String {
    TerminalText.printable(text).split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
