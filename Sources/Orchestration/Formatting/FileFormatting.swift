import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import Glibc
import YAMLSyntax

/// Formats experiment files: what `runner fmt` does.
package enum FileFormatting {
  /// What became of a file, or would become of it.
  package struct Outcome: Sendable {
    package let isChanged: Bool
    /// Why it was left as it is, or the order of its sections.
    package let warning: Diagnostic?
  }

  /// Formats a file in place.
  ///
  /// - Parameter isCheck: whether nothing is written.
  /// - Throws: ``InputError`` for a file that is missing or not YAML; `FileError` if it cannot be written.
  package static func format(_ path: String, isCheck: Bool) throws -> Outcome {
    try ExperimentRequest.refuseMissing(path)
    let bytes = try SourceFile.bytes(of: path)
    let (text, warning) = try formatted(bytes, name: path)
    guard let text else { return Outcome(isChanged: false, warning: warning) }
    var status = stat()
    if stat(path, &status) == 0, status.st_nlink > 1 {
      return Outcome(
        isChanged: false,
        warning: Self.warning(path, "stays as it is: it has \(status.st_nlink) names (hard links)"))
    }
    if !isCheck {
      guard try SourceFile.bytes(of: path) == bytes else {
        throw InputError("'\(path)' was changed by another program meanwhile", hint: "try again")
      }
      try AtomicFile.replace(text, at: path)
    }
    return Outcome(isChanged: true, warning: warning)
  }

  /// The formatted text of an experiment.
  ///
  /// - Parameters:
  ///   - bytes: the file, perhaps with a byte-order mark, which is kept.
  ///   - name: of the file in messages.
  /// - Returns: `nil` instead of a text if nothing changes; the warning says why something stays as it is.
  package static func formatted(
    _ bytes: [UInt8], name: String
  ) throws -> (text: [UInt8]?, warning: Diagnostic?) {
    switch try ExperimentFormat.format(SourceFile.decode(bytes, name: name)) {
    case .unchanged: return (nil, nil)
    case .refused(let reason): return (nil, warning(name, "stays as it is: \(reason)"))
    case .changed(let text, let reason):
      let mark = Array(bytes.prefix(3)) == [0xEF, 0xBB, 0xBF] ? Array(bytes.prefix(3)) : []
      return (
        mark + text.utf8, reason.map { warning(name, "keeps the order of its sections: \($0)") }
      )
    }
  }

  /// Formats standard input.
  ///
  /// - Returns: what was read, and as for ``formatted(_:name:)``.
  package static func formatStandardInput() throws -> (
    read: [UInt8], text: [UInt8]?, warning: Diagnostic?
  ) {
    let bytes = try SourceFile.standardInput()
    let (text, warning) = try formatted(bytes, name: "standard input")
    return (bytes, text, warning)
  }

  private static func warning(_ name: String, _ text: String) -> Diagnostic {
    Diagnostic(.warning, "'\(name)' \(text)", at: nil)
  }
}
