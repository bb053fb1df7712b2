import ExperimentConfig
import Files
import Glibc

/// Standard output: the result of a command, as text or as one JSON document.
package enum StandardOutput {
  /// A terminal for standard output. Text is styled and fitted only if standard output is a
  /// terminal, so files and pipes get plain text.
  package static func terminal(environment: [String: String]) -> Terminal {
    Terminal(
      environment: environment, isTerminal: isatty(STDOUT_FILENO) == 1,
      columns: { Terminal.columns(of: STDOUT_FILENO) },
      sink: { Terminal.write($0, to: STDOUT_FILENO) })
  }

  /// Writes text.
  ///
  /// - Throws: ``FileError`` if writing fails. A closed pipe, as left by `head`, is not an error.
  package static func write(_ text: String) throws(FileError) {
    let code = Terminal.write(text, to: STDOUT_FILENO)
    if code != 0 && code != EPIPE {
      throw FileError(path: "standard output", attempt: "write to it", code: code)
    }
  }

  /// Writes a pretty-printed JSON document.
  ///
  /// - Throws: ``FileError`` if writing fails.
  package static func write(json value: some Encodable) throws {
    let bytes = try JSONText.encode(value, pretty: true)
    try write(String(decoding: bytes, as: UTF8.self) + "\n")
  }
}
