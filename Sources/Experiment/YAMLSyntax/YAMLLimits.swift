/// Limits of a document. A file that exceeds them is an attack or an accident.
package struct YAMLLimits: Sendable {
  package var bytes = 1_000_000
  package var depth = 64
  /// Nodes after expansion of every alias.
  package var nodes = 100_000

  package init() {}
}
