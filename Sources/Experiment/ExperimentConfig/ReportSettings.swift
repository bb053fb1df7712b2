import Diagnostics

/// What a run's report shows besides results.
package struct ReportSettings: Sendable {
  /// Whether answers are explained.
  package let explains: Bool
  /// Where that is written; `nil` for the default.
  package let explainRange: SourceRange?

  init(_ value: Resolved) throws {
    let explain = try value.at("explain")
    explains = try explain.boolean()
    explainRange = explain.range
  }
}
