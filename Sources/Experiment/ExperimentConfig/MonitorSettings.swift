import Diagnostics

/// Whether lower or higher is better.
package enum MonitorMode: String, Sendable, Hashable, Codable {
  case min, max
}

/// What early stopping or a schedule monitors, as written in the experiment.
package struct MonitorSettings: Sendable {
  /// The name of a validation result, such as `f1`.
  package let name: String
  package let range: SourceRange?
  /// `nil` for the result's own direction.
  package let mode: MonitorMode?
  package let modeRange: SourceRange?

  package init(_ name: String, mode: MonitorMode? = nil) {
    self.name = name
    self.mode = mode
    range = nil
    modeRange = nil
  }

  /// - Parameter arguments: the arguments of a component with the fields of
  ///   ``ExperimentSchema/monitor``.
  package init(_ arguments: Arguments) throws {
    name = try arguments.string("monitor")
    range = arguments.range("monitor")
    mode = arguments.word("mode").flatMap(MonitorMode.init)
    modeRange = arguments.range("mode")
  }

  /// - Parameter value: a record with the same fields.
  init(_ value: Resolved) throws {
    name = try value.at("monitor").string()
    range = try value.at("monitor").range ?? value.range
    mode = try (value.optional("mode")?.string()).flatMap(MonitorMode.init)
    modeRange = value.optional("mode")?.range
  }
}
