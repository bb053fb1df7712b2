import Diagnostics
import Graph
import Weights

/// Writes what a model's main output depends on as nodes of ONNX, as the model computes it in evaluation: dropout
/// and stochastic depth are left out, and batch normalisation is folded into the layer before it.
struct GraphLowering {
  private let graph: Graph
  private let weights: [String: SafeTensors.Entry]
  private let builder: ONNXBuilder
  /// What names begin with: empty, or that of one of several models with a slash.
  private let prefix: String
  /// The ranges of the values of layers; empty if they were not measured.
  private let ranges: [Graph.Source: ActivationRange]
  private let needed: [Int]
  /// The batch normalisation that is folded into a layer, by the indices of both.
  private let folded: [Int: Int]
  /// The parameters that need not be repeated for each example, by their indices.
  private let broadcast: Set<Int>

  /// - Parameter weights: the state dict, by its names.
  init(
    _ graph: Graph, _ weights: [String: SafeTensors.Entry], into builder: ONNXBuilder,
    prefix: String = "", ranges: [Graph.Source: ActivationRange] = [:]
  ) {
    self.graph = graph
    self.weights = weights
    self.builder = builder
    self.prefix = prefix
    self.ranges = ranges
    needed = graph.needed(for: [graph.mainOutput.source])
    folded = Self.foldable(graph, needed)
    broadcast = Self.broadcast(graph, needed)
  }

  /// Adds the nodes and returns the model's main output.
  ///
  /// - Parameter inputs: one value for each of the graph's inputs.
  /// - Throws: `InputError` at a layer without a counterpart in ONNX.
  func callAsFunction(_ inputs: [ONNXBuilder.Value]) throws -> ONNXBuilder.Value {
    var values: [Graph.Source: ONNXBuilder.Value] = [:]
    for (place, input) in inputs.enumerated() {
      values[.input(place)] = input
      if let range = ranges[.input(place)] { builder.measured(input, range) }
    }
    func value(_ source: Graph.Source, _ node: Graph.Node) throws -> ONNXBuilder.Value {
      guard let value = values[source] else {
        throw ONNXFault("\(node.path) uses \(graph.name(of: source)) before it is computed")
      }
      return value
    }
    let norms = Set(folded.values)
    for index in needed {
      let node = graph.nodes[index]
      if norms.contains(index) {
        values[.node(index)] = try value(node.inputs[0], node)
        continue
      }
      builder.scope = prefix + node.path
      let layer = LayerLowering(
        node: node, inputs: try node.inputs.map { try value($0, node) }, builder: builder,
        weights: weights, norm: folded[index].map { graph.nodes[$0] },
        isBroadcast: broadcast.contains(index), prefix: prefix)
      let output = try layer.lowered()
      let expected = ONNXType(output.type.element, batchOf: node.output.dims)
      guard output.type.rank == expected.rank,
        zip(output.type.shape, expected.shape).dropFirst().allSatisfy({
          $0.size == nil || $0 == $1
        })
      else { throw ONNXFault("\(node.path) gives \(output.type), expected \(expected)") }
      let value = ONNXBuilder.Value(name: output.name, type: expected)
      values[.node(index)] = value
      // What a layer gives is what the normalisation in it gives.
      if let range = ranges[.node(folded[index] ?? index)] { builder.measured(value, range) }
    }
    builder.scope = prefix
    return try value(graph.mainOutput.source, graph.nodes[needed.last ?? 0])
  }

  /// The batch normalisations that are the only reader of a layer with weights.
  private static func foldable(_ graph: Graph, _ needed: [Int]) -> [Int: Int] {
    var readers: [Graph.Source: Int] = [graph.mainOutput.source: 1]
    for index in needed {
      for source in graph.nodes[index].inputs { readers[source, default: 0] += 1 }
    }
    var folded: [Int: Int] = [:]
    for index in needed {
      let node = graph.nodes[index]
      guard case .batchNorm = node.operation, case .node(let before) = node.inputs[0],
        readers[.node(before)] == 1, node.parameters.contains(where: { $0.name == "running_mean" })
      else { continue }
      switch graph.nodes[before].operation {
      case .conv2d, .conv1d, .convTranspose: folded[before] = index
      case .linear where graph.nodes[before].output.rank == 1: folded[before] = index
      default: break
      }
    }
    return folded
  }

  /// The parameters that only sums and products with other values read, such as position embeddings.
  private static func broadcast(_ graph: Graph, _ needed: [Int]) -> Set<Int> {
    func isParameter(_ source: Graph.Source) -> Bool {
      guard case .node(let index) = source, case .parameter = graph.nodes[index].operation else {
        return false
      }
      return true
    }
    var repeated: Set<Graph.Source> = [graph.mainOutput.source]
    for index in needed {
      let node = graph.nodes[index]
      switch node.operation {
      case .add, .multiply:
        if node.inputs.allSatisfy(isParameter) { repeated.formUnion(node.inputs) }
      default: repeated.formUnion(node.inputs)
      }
    }
    return Set(needed.filter { isParameter(.node($0)) && !repeated.contains(.node($0)) })
  }
}

/// One layer on its way to nodes of ONNX.
struct LayerLowering {
  typealias Value = ONNXBuilder.Value

  let node: Graph.Node
  let inputs: [Value]
  let builder: ONNXBuilder
  let weights: [String: SafeTensors.Entry]
  /// The batch normalisation that is folded into the layer.
  let norm: Graph.Node?
  /// Whether a parameter is left to broadcasting rather than repeated for each example.
  let isBroadcast: Bool
  let prefix: String

  var input: Value { inputs[0] }

  // MARK: Parameters

  /// Whether the layer has this parameter or buffer.
  func has(_ name: String) -> Bool { node.parameters.contains { $0.name == name } }

  private func entry(_ name: String, of node: Graph.Node) throws -> SafeTensors.Entry {
    let spec = node.parameters.first { $0.name == name }
    let full = spec?.name(at: node.parameterPath) ?? "\(node.parameterPath).\(name)"
    guard let spec, let entry = weights[full], entry.shape == spec.shape, entry.type == .float32
    else {
      throw ONNXFault("\(full): there is no such parameter")
    }
    return entry
  }

  /// A parameter's values.
  func values(_ name: String, of other: Graph.Node? = nil) throws -> [Float] {
    try entry(name, of: other ?? node).bytes.withUnsafeBytes {
      Array($0.bindMemory(to: Float.self))
    }
  }

  func shape(of name: String) throws -> [Int] { try entry(name, of: node).shape }

  /// A parameter as a constant of the graph, in its own shape or another one.
  func constant(_ name: String, _ shape: [Int]? = nil) throws -> Value {
    let entry = try entry(name, of: node)
    return builder.constant(
      .float, shape ?? entry.shape, bytes: entry.bytes, name: prefix + entry.name)
  }

  /// Computed values as a constant named like a parameter.
  func constant(_ values: [Float], _ shape: [Int], _ name: String) -> Value {
    builder.floats(values, shape, "\(prefix)\(node.path).\(name)")
  }

  /// What the folded batch normalisation multiplies each channel by, and then adds.
  func affine() throws -> (scale: [Double], shift: [Double])? {
    guard let norm, case .batchNorm(_, let eps) = norm.operation else { return nil }
    let mean = try values("running_mean", of: norm)
    let variance = try values("running_var", of: norm)
    let hasWeight = norm.parameters.contains { $0.name == "weight" }
    let weight = hasWeight ? try values("weight", of: norm) : mean.map { _ in 1 }
    let bias = hasWeight ? try values("bias", of: norm) : mean.map { _ in 0 }
    let scale = zip(weight, variance).map { Double($0) / (Double($1) + eps).squareRoot() }
    let shift = mean.indices.map { Double(bias[$0]) - Double(mean[$0]) * scale[$0] }
    return (scale, shift)
  }

  // MARK: Shapes

  /// The batch with examples of another shape.
  func reshaped(_ value: Value, _ dims: [Int]) throws -> Value {
    try builder("Reshape", value, builder.integers([0] + dims))
  }

  func transposed(_ value: Value, _ order: [Int]) throws -> Value {
    try builder("Transpose", value, attributes: ["perm": .ints(order)])
  }

  /// The entries from `start` to `end`, exclusive, of an axis; the batch is axis 0.
  func slice(_ value: Value, axis: Int, _ start: Int, _ end: Int, step: Int = 1) throws -> Value {
    let numbers = [[start], [end], [axis]] + (step == 1 ? [] : [[step]])
    return try builder.add("Slice", [value] + numbers.map { builder.integers($0) })[0]
  }

  /// A mean, sum or maximum over axes.
  func reduced(_ operation: String, _ value: Value, _ axes: [Int], keepsDims: Bool) throws -> Value
  {
    try builder.reduced(operation, value, axes, keepsDims: keepsDims)
  }

  /// An error at the layer.
  func unsupported(_ reason: String, hint: String? = nil) -> InputError {
    InputError([
      Diagnostic(
        .error, "the layer '\(node.layer)' (\(node.path)) cannot be exported to ONNX: \(reason)",
        at: node.range, hint: hint)
    ])
  }
}

extension ONNXBuilder {
  /// A mean, sum or maximum over axes, which newer operator sets take as an input.
  func reduced(
    _ operation: String, _ value: Value, _ axes: [Int], keepsDims: Bool
  ) throws(ONNXFault) -> Value {
    let keeps = ["keepdims": ONNXAttribute.int(keepsDims ? 1 : 0)]
    if opset >= ONNXOperator.axesAreInput(operation) {
      return try self(operation, value, integers(axes), attributes: keeps)
    }
    return try self(operation, value, attributes: keeps.merging(["axes": .ints(axes)]) { $1 })
  }
}
