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
    /// The path under which its parameters are stored: its own, or that of the node whose parameters it uses.
    package let parameterPath: String

    /// - Parameter parameterPath: `nil` for its own path.
    init(
      path: String, layer: String, inputs: [Source], output: Shape, operation: Operation,
      parameters: [ParameterSpec], flops: Int, range: SourceRange, parameterPath: String? = nil
    ) {
      (self.path, self.layer, self.inputs, self.output) = (path, layer, inputs, output)
      (self.operation, self.parameters) = (operation, parameters)
      (self.flops, self.range) = (flops, range)
      self.parameterPath = parameterPath ?? path
    }

    /// The name of one of its parameters or buffers in the state dict.
    package func name(of parameter: ParameterSpec) -> String { parameter.name(at: parameterPath) }

    /// Whether its parameters are those of another node.
    package var borrowsParameters: Bool { parameterPath != path }

    /// The number of values that the optimizer can change in it; 0 if they are another node's.
    package var ownParameterCount: Int {
      if borrowsParameters { return 0 }
      return parameters.filter { $0.role == .parameter }
        .reduce(0) { Saturating.add($0, $1.count) }
    }
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
    /// For the main output, the name of the data set's target field that it predicts; for another one, the node's
    /// name in `outputs:`, such as `aux`.
    package let name: String
    package let source: Source

    package init(_ name: String, _ source: Source) {
      self.name = name
      self.source = source
    }
  }

  /// A built-in model inside the graph, such as the backbone under a decoder.
  package struct Part: Sendable {
    /// The model's name, such as `resnet50`.
    package let model: String
    /// The path of its nodes, such as `backbone`.
    package let path: String
    /// The parameters and buffers of its layers that no output depends on, which the graph lacks; by their names
    /// within the model.
    package let omitted: [ParameterSpec]
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
  /// The built-in models among the nodes, other than a model that is the whole graph.
  package let parts: [Part]

  /// - Parameters:
  ///   - outputs: the main output, from which the loss is computed, comes first.
  ///   - headParameters: `nil` for those of the last layer before each output that has parameters, such as the
  ///     classifier.
  /// - Precondition: there is at least one output.
  package init(
    inputs: [Input], nodes: [Node], outputs: [Output], headParameters: Set<String>? = nil,
    parts: [Part] = []
  ) {
    precondition(!outputs.isEmpty)
    self.inputs = inputs
    self.nodes = nodes
    self.outputs = outputs
    self.parts = parts
    self.headParameters =
      headParameters
      ?? Set(
        outputs.flatMap { output -> [String] in
          let last = Self.needed(for: [output.source], among: nodes).map { nodes[$0] }
            .last { node in node.parameters.contains { $0.role == .parameter } }
          return last.map { node in
            let own = node.parameters.filter { $0.role == .parameter }
            // Of a TorchScript file, the last module in it.
            return own.filter { node.moduleFile == nil || $0.module == own.last?.module }
              .map { node.name(of: $0) }
          } ?? []
        })
  }

  /// The output that the loss is computed from and the task decodes: that of the last layer, or the first of
  /// `outputs:`.
  package var mainOutput: Output { outputs[0] }

  /// The nodes that values depend on, in order of computation.
  package func needed(for sources: [Source]) -> [Int] { Self.needed(for: sources, among: nodes) }

  static func needed(for sources: [Source], among nodes: [Node]) -> [Int] {
    var isNeeded = Array(repeating: false, count: nodes.count)
    for case .node(let index) in sources { isNeeded[index] = true }
    for index in nodes.indices.reversed() where isNeeded[index] {
      for case .node(let source) in nodes[index].inputs { isNeeded[source] = true }
    }
    return nodes.indices.filter { isNeeded[$0] }
  }

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

  /// All parameters and buffers, in the order of a PyTorch state dict. Those that several nodes use come once, with
  /// the first of these.
  package var parameters: [Parameter] {
    var seen: Set<String> = []
    let areShared = nodes.contains(where: \.borrowsParameters)
    return nodes.enumerated().flatMap { index, node in
      node.parameters.compactMap { spec in
        let name = node.name(of: spec)
        if areShared, !seen.insert(name).inserted { return nil }
        return Parameter(name: name, spec: spec, node: index)
      }
    }
  }

  /// The number of values that the optimizer can change.
  package var parameterCount: Int {
    parameters.filter { $0.spec.role == .parameter }
      .reduce(0) { Saturating.add($0, $1.spec.count) }
  }

  /// Whether the graph consists of linear layers with element-wise operations in between.
  package var hasOnlyLinearLayers: Bool {
    nodes.allSatisfy { node in
      switch node.operation {
      case .identity, .flatten, .reshape, .linear, .activation, .dropout: true
      default: false
      }
    }
  }

  /// Floating-point operations of a forward pass for one example, as far as known; see ``hasUnknownFLOPs``.
  package var flops: Int { nodes.reduce(0) { Saturating.add($0, $1.flops) } }
}
