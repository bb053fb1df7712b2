import Diagnostics
import ExperimentConfig

/// Diagnostics in forms that other programs read, all of them on standard output.
package enum DiagnosticFormat: String, CaseIterable, Sendable {
  /// `file:line:column: severity: message`, as compilers print, with the hint in brackets; notes follow on lines of
  /// their own. Editors and quickfix lists know it.
  case gcc
  /// Workflow commands of GitHub Actions, which annotate lines of a pull request.
  case github
  /// A JSON array of ``DiagnosticJSON/make(_:file:)``.
  case json

  /// The text for diagnostics, with a line break at its end; empty if there is nothing to say.
  ///
  /// - Parameter file: the file to name for diagnostics without a location.
  package func render(_ diagnostics: [Diagnostic], file: String) throws -> String {
    switch self {
    case .gcc:
      diagnostics.flatMap { [$0] + $0.notes }.map { Self.gcc($0, file) + "\n" }.joined()
    case .github: diagnostics.map { Self.github($0, file) + "\n" }.joined()
    case .json:
      String(
        decoding: try JSONText.encode(
          JSONValue.array(diagnostics.map { DiagnosticJSON.make($0, file: file) })), as: UTF8.self)
        + "\n"
    }
  }

  private static func gcc(_ diagnostic: Diagnostic, _ file: String) -> String {
    let range = diagnostic.range
    let place = range.map { ":\($0.start.line):\($0.start.column)" } ?? ""
    let hint = diagnostic.hint.map { " [\($0)]" } ?? ""
    let text =
      "\(range?.file.name ?? file)\(place): \(diagnostic.severity.rawValue): \(diagnostic.message)\(hint)"
    return TerminalText.line(text)
  }

  private static func github(_ diagnostic: Diagnostic, _ file: String) -> String {
    let range = diagnostic.range
    var properties = ["file=\(escaped(range?.file.name ?? file, inProperty: true))"]
    if let range {
      properties += [
        "line=\(range.start.line)", "endLine=\(range.end.line)", "col=\(range.start.column)",
        "endColumn=\(max(range.end.column, range.start.column))",
      ]
    }
    let kind =
      switch diagnostic.severity {
      case .error: "error"
      case .warning: "warning"
      case .note: "notice"
      }
    let lines =
      [diagnostic.message] + (diagnostic.hint.map { [$0] } ?? [])
      + diagnostic.notes.map { note in
        let place = note.range.map { " (\($0.file.name):\($0.start.line))" } ?? ""
        return note.message + place
      }
    let message = escaped(lines.joined(separator: "\n"), inProperty: false)
    return "::\(kind) \(properties.joined(separator: ","))::\(message)"
  }

  /// As the toolkit of GitHub Actions escapes values of commands.
  private static func escaped(_ text: String, inProperty: Bool) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "%": result += "%25"
      case "\r": result += "%0D"
      case "\n": result += "%0A"
      case ":" where inProperty: result += "%3A"
      case "," where inProperty: result += "%2C"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}
