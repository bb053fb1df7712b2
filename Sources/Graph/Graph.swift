import Diagnostics

/// A model with checked shapes: nodes in order of computation, with named inputs and outputs.
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
    /// The location of the layer's name in the file.
    package let range: SourceRange
  }

  /// The source of a value.
  package enum Source: Hashable, Sendable {
    /// The model input at this index of ``Graph/inputs``.
    case input(Int)
    /// The output of the node at this index of ``Graph/nodes``.
    case node(Int)
  }

  /// An input of the model.
  package struct Input: Hashable, Sendable {
    /// The name of the data set's field, which `from:` can refer to.
    package let name: String
    package let shape: Shape

    package init(_ name: String, _ shape: Shape) {
      self.name = name
      self.shape = shape
    }
  }

  /// An output of the model.
  package struct Output: Hashable, Sendable {
    /// The name of the data set's target field that it predicts.
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

  /// The inputs, in the order of the data set's input fields.
  package let inputs: [Input]
  package let nodes: [Node]
  package let outputs: [Output]
  /// The parameters that a new task replaces: `freeze: backbone` leaves them trainable, and their shapes
  /// may differ from those in a weight file.
  package let headParameters: Set<String>

  /// - Parameters:
  ///   - outputs: the main output, from which the loss is computed, comes first.
  ///   - headParameters: `nil` for those of the last layer that has parameters, such as the classifier.
  /// - Precondition: there is at least one output.
  package init(
    inputs: [Input], nodes: [Node], outputs: [Output], headParameters: Set<String>? = nil
  ) {
    precondition(!outputs.isEmpty)
    self.inputs = inputs
    self.nodes = nodes
    self.outputs = outputs
    let last = nodes.last { node in node.parameters.contains { $0.role == .parameter } }
    let ofLast = last.map { node in
      let own = node.parameters.filter { $0.role == .parameter }
      // Of a TorchScript file, the last module in it.
      return own.filter { node.moduleFile == nil || $0.module == own.last?.module }
        .map { $0.name(at: node.path) }
    }
    self.headParameters = headParameters ?? Set(ofLast ?? [])
  }

  /// The output that the loss is computed from and the task decodes: that of the last layer.
  package var mainOutput: Output { outputs[0] }

  /// The shape of a value for one example.
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
        Parameter(name: $0.name(at: node.path), spec: $0, node: index)
      }
    }
  }

  /// The number of values that the optimizer can change.
  package var parameterCount: Int {
    parameters.filter { $0.spec.role == .parameter }
      .reduce(0) { Saturating.add($0, $1.spec.count) }
  }

  /// Floating-point operations of a forward pass for one example, as far as known; see ``hasUnknownFLOPs``.
  package var flops: Int { nodes.reduce(0) { Saturating.add($0, $1.flops) } }
}
