import Diagnostics

/// What a run's report shows besides results.
package struct ReportSettings: Sendable {
  /// Whether answers are explained.
  package let explains: Bool
  /// Where that is written; `nil` for the default.
  package let explainRange: SourceRange?
  /// Whether plots are drawn at the end of the run.
  package let hasPlots: Bool

  init(_ value: Resolved) throws {
    let explain = try value.at("explain")
    explains = try explain.boolean()
    explainRange = explain.range
    hasPlots = try value.at("plots").boolean()
  }
}
