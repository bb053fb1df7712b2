import Diagnostics

/// A model whose every shape is proven: nodes in the order in which they are computed.
package struct Graph: Sendable {
  package struct Node: Sendable {
    /// PyTorch's module path: `1`, `layer1.0.conv1`.
    package let path: String
    package let layer: String
    package let inputs: [Source]
    package let output: Shape
    package let operation: Operation
    package let parameters: [ParameterSpec]
    package let flops: Int
    /// The layer's name in the file.
    package let range: SourceRange
  }

  package enum Source: Hashable, Sendable {
    case input
    case node(Int)
  }

  /// A parameter or buffer under its name in the state dict.
  package struct Parameter: Sendable {
    package let name: String
    package let spec: ParameterSpec
    package let node: Int
  }

  package let input: Shape
  package let nodes: [Node]
  /// What the model gives; the last node of the list.
  package let output: Source
  /// The parameters that a new task replaces: `freeze: backbone` leaves them free, and weights from a file
  /// may have other sizes there.
  package let headParameters: Set<String>

  /// - Parameter headParameters: if left out those of the last layer that has any, the classifier of a
  ///   network.
  init(input: Shape, nodes: [Node], output: Source, headParameters: Set<String>? = nil) {
    self.input = input
    self.nodes = nodes
    self.output = output
    let last = nodes.last { node in node.parameters.contains { $0.role == .parameter } }
    let ofLast = last.map { node in
      node.parameters.filter { $0.role == .parameter }.map { "\(node.path).\($0.name)" }
    }
    self.headParameters = headParameters ?? Set(ofLast ?? [])
  }

  package var outputShape: Shape {
    if case .node(let index) = output { nodes[index].output } else { input }
  }

  /// All parameters and buffers, in the order of a PyTorch state dict.
  package var parameters: [Parameter] {
    nodes.enumerated().flatMap { index, node in
      node.parameters.map {
        Parameter(name: "\(node.path).\($0.name)", spec: $0, node: index)
      }
    }
  }

  /// Values that the optimizer changes.
  package var parameterCount: Int {
    parameters.filter { $0.spec.role == .parameter }
      .reduce(0) { Saturating.add($0, $1.spec.count) }
  }

  /// Floating-point operations for one example forward.
  package var flops: Int { nodes.reduce(0) { Saturating.add($0, $1.flops) } }
}
