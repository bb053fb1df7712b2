import ExperimentConfig
import Files
import Glibc

/// Standard output: what a command was asked for, as text or as one JSON document.
package enum StandardOutput {
  /// The colors and the width that text on standard output may use: those of a terminal only if it is
  /// one, so that a file or a pipe gets plain text.
  package static func terminal(environment: [String: String]) -> Terminal {
    Terminal(
      environment: environment, isTerminal: isatty(STDOUT_FILENO) == 1,
      columns: { Terminal.columns(of: STDOUT_FILENO) },
      sink: { Terminal.write($0, to: STDOUT_FILENO) })
  }

  /// Writes text.
  ///
  /// - Throws: ``FileError`` if it cannot be written. A reader that has seen enough, such as `head`, is
  ///   no error.
  package static func write(_ text: String) throws(FileError) {
    let code = Terminal.write(text, to: STDOUT_FILENO)
    if code != 0 && code != EPIPE {
      throw FileError(path: "standard output", attempt: "write to it", code: code)
    }
  }

  /// Writes a JSON document of several lines.
  ///
  /// - Throws: ``FileError`` if it cannot be written.
  package static func write(json value: some Encodable) throws {
    let bytes = try JSONText.encode(value, pretty: true)
    try write(String(decoding: bytes, as: UTF8.self) + "\n")
  }
}
