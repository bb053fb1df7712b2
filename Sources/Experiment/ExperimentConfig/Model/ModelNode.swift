import Diagnostics

/// One node of the model, with blocks expanded.
package struct ModelNode: Sendable {
  package indirect enum Kind: Sendable {
    case layer(ResolvedComponent)
    case block(String, [ModelNode])
    /// A built-in model as the whole model: its node names get no prefix.
    case model(String, [ModelNode])
  }

  /// A reference to a node in `from:`.
  package struct Reference: Sendable {
    package let name: String
    package let range: SourceRange
  }

  package let kind: Kind
  /// The location of the component's name, where a shape mismatch is reported.
  package let nameRange: SourceRange
  package let name: Reference?
  /// The node's inputs; `nil` for the preceding node.
  package let from: [Reference]?
}
