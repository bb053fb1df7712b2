import Diagnostics

/// One node of the model, with blocks expanded.
package struct ModelNode: Sendable {
  /// The keys that can stand beside a layer.
  package static let attributes = ["name", "from", "weights_of"]

  package indirect enum Kind: Sendable {
    case layer(ResolvedComponent)
    case block(String, [ModelNode])
    /// A built-in model as the whole model: its node names get no prefix.
    case model(String, [ModelNode])
  }

  /// A reference to a node in `from:` or `outputs:`.
  package struct Reference: Sendable {
    /// The name of a node in the same list, or of one inside it by its path: `backbone.layer4`.
    package let name: String
    package let range: SourceRange
  }

  /// What a built-in model declares of its nodes besides their connections.
  package struct Declarations: Sendable {
    /// The model's name.
    package let model: String
    /// The nodes that its outputs come from, the prediction first; empty for the last one.
    package let outputs: [Reference]
    /// The layers that a new task replaces; `nil` for the last layers with parameters before its outputs.
    package let head: [ParameterPattern]?
  }

  package let kind: Kind
  /// The location of the component's name, where a shape mismatch is reported.
  package let nameRange: SourceRange
  package let name: Reference?
  /// The node's inputs; `nil` for the preceding node.
  package let from: [Reference]?
  /// The node of the same kind whose parameters and buffers this one uses; `nil` if it has its own.
  package var weightsOf: Reference?
  /// The names of a block's inputs; empty for a single one without a name.
  package var inputs: [String] = []
  /// `nil` unless the node is a built-in model.
  package var declarations: Declarations?
}

extension ModelNode.Reference {
  /// One name, a list of names, the names in a mapping, or nothing.
  static func all(_ value: Resolved?) throws -> [ModelNode.Reference] {
    guard let value, !value.isNull else { return [] }
    if case .record = value.content { return try OutputWeight.all(value).map(\.node) }
    let items: [Resolved]
    if case .list(let values) = value.content { items = values } else { items = [value] }
    return try items.compactMap { item in
      let name = try item.string()
      return item.range.map { ModelNode.Reference(name: name, range: $0) }
    }
  }
}
