import Diagnostics

/// One entry of the model's list, blocks written out.
package struct ModelNode: Sendable {
  package indirect enum Kind: Sendable {
    case layer(ResolvedComponent)
    case block(String, [ModelNode])
    /// A model of the program as the whole model: its nodes have no name of it in front of theirs.
    case model(String, [ModelNode])
  }

  /// A node that `from:` names.
  package struct Reference: Sendable {
    package let name: String
    package let range: SourceRange
  }

  package let kind: Kind
  /// The component's name, the place to point at when its shape does not fit.
  package let nameRange: SourceRange
  package let name: Reference?
  /// What it takes; the node before it where nothing was said.
  package let from: [Reference]?
}
