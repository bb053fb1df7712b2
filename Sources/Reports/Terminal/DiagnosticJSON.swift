import Diagnostics
import ExperimentConfig

/// Diagnostics as JSON, for scripts and editors: `{severity, file, line, column, message, hint}`,
/// plus `end_line` and `end_column` of the marked text. Values that do not apply are `null`.
package enum DiagnosticJSON {
  /// The document that a command with `--json` prints instead of error messages.
  ///
  /// - Parameter file: the file to name for errors without a location.
  package static func errors(
    _ diagnostics: [Diagnostic], exitCode: Int32, file: String? = nil
  ) -> JSONValue {
    [
      "errors": .array(
        diagnostics.filter { $0.severity == .error }.map { make($0, file: file) }),
      "warnings": warnings(diagnostics), "exit_code": .integer(Int(exitCode)),
    ]
  }

  package static func warnings(_ diagnostics: [Diagnostic]) -> JSONValue {
    .array(diagnostics.filter { $0.severity == .warning }.map { make($0) })
  }

  package static func make(_ diagnostic: Diagnostic, file: String? = nil) -> JSONValue {
    let range = diagnostic.range
    func number(_ value: Int?) -> JSONValue { value.map(JSONValue.integer) ?? .null }
    var object: [String: JSONValue] = [
      "severity": .string(diagnostic.severity.rawValue), "message": .string(diagnostic.message),
      "hint": diagnostic.hint.map(JSONValue.string) ?? .null,
      "file": (range?.file.name ?? file).map(JSONValue.string) ?? .null,
      "line": number(range?.start.line), "column": number(range?.start.column),
      "end_line": number(range?.end.line), "end_column": number(range?.end.column),
    ]
    if !diagnostic.notes.isEmpty { object["notes"] = .array(diagnostic.notes.map { make($0) }) }
    return .object(object)
  }
}
