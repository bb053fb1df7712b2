import Diagnostics

/// A model with checked shapes: nodes in the order in which they are computed, with named inputs and
/// outputs.
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

  /// Where a value comes from.
  package enum Source: Hashable, Sendable {
    /// The input at this position of ``Graph/inputs``.
    case input(Int)
    /// The output of the node at this position of ``Graph/nodes``.
    case node(Int)
  }

  /// A value that the model is given for each example.
  package struct Input: Hashable, Sendable {
    /// The data set's name for it, which `from:` can refer to.
    package let name: String
    package let shape: Shape

    package init(_ name: String, _ shape: Shape) {
      self.name = name
      self.shape = shape
    }
  }

  /// A value that the model returns for each example.
  package struct Output: Hashable, Sendable {
    /// The data set's name for the target that it predicts.
    package let name: String
    package let source: Source

    package init(_ name: String, _ source: Source) {
      self.name = name
      self.source = source
    }
  }

  /// A parameter or buffer under its name in the state dict.
  package struct Parameter: Sendable {
    package let name: String
    package let spec: ParameterSpec
    package let node: Int
  }

  /// In the order of the data set's input fields.
  package let inputs: [Input]
  package let nodes: [Node]
  package let outputs: [Output]
  /// The parameters that a new task replaces: `freeze: backbone` leaves them trainable, and their shapes
  /// may differ from those in a weight file.
  package let headParameters: Set<String>

  /// - Parameters:
  ///   - outputs: the main one, which the loss is computed from, comes first.
  ///   - headParameters: `nil` for those of the last layer that has any, a network's classifier.
  /// - Precondition: there is an output.
  package init(
    inputs: [Input], nodes: [Node], outputs: [Output], headParameters: Set<String>? = nil
  ) {
    precondition(!outputs.isEmpty)
    self.inputs = inputs
    self.nodes = nodes
    self.outputs = outputs
    let last = nodes.last { node in node.parameters.contains { $0.role == .parameter } }
    let ofLast = last.map { node in
      node.parameters.filter { $0.role == .parameter }.map { "\(node.path).\($0.name)" }
    }
    self.headParameters = headParameters ?? Set(ofLast ?? [])
  }

  /// What the loss is computed from and the task decodes: the last layer's output.
  package var mainOutput: Output { outputs[0] }

  /// The shape of one example's value.
  package func shape(of source: Source) -> Shape {
    switch source {
    case .input(let index): inputs[index].shape
    case .node(let index): nodes[index].output
    }
  }

  /// The name of an input, or a node's path.
  package func name(of source: Source) -> String {
    switch source {
    case .input(let index): inputs[index].name
    case .node(let index): nodes[index].path
    }
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
