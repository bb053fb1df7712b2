/// What a document may ask of this program. A file beyond these is an attack or an accident.
package struct YAMLLimits: Sendable {
  package var bytes = 1_000_000
  package var depth = 64
  /// Nodes once every alias is expanded.
  package var nodes = 100_000

  package init() {}
}
