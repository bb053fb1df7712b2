import Diagnostics

/// One entry of the model's list, with blocks expanded.
package struct ModelNode: Sendable {
  package indirect enum Kind: Sendable {
    case layer(ResolvedComponent)
    case block(String, [ModelNode])
    /// A built-in model as the whole model: its node names get no prefix.
    case model(String, [ModelNode])
  }

  /// A node that `from:` names.
  package struct Reference: Sendable {
    package let name: String
    package let range: SourceRange
  }

  package let kind: Kind
  /// The component's name, the place to report if its shape does not fit.
  package let nameRange: SourceRange
  package let name: Reference?
  /// Its inputs; the preceding node by default.
  package let from: [Reference]?
}
