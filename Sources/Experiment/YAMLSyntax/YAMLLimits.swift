/// Limits of a document, against accidental or malicious input.
package struct YAMLLimits: Sendable {
  package var bytes = 1_000_000
  package var depth = 64
  /// The number of nodes after expanding every alias.
  package var nodes = 100_000

  package init() {}
}
