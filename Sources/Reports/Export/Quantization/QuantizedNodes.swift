import Graph

/// Which nodes of a graph compute with integers, and which values are quantised for that.
///
/// As in ONNX Runtime's static quantisation, quantised values are rounded to 8 bits by a pair of nodes (QDQ), and a
/// runtime replaces a node between such pairs by one that computes with integers.
struct QuantizedNodes {
  private let nodes: [Onnx_NodeProto]
  private let constants: [String: ONNXConstant]
  /// The ranges of values, with those that follow from others.
  private(set) var ranges: [String: ActivationRange]
  /// The nodes that read each value, by their positions.
  private var readers: [String: [Int]] = [:]
  /// The nodes that compute with integers, by their positions.
  private(set) var chosen: Set<Int> = []
  /// The names of the values that are quantised.
  private(set) var values: Set<String> = []
  /// Whether the model normalises layers, as transformers do, whose sums 8 bits would make too coarse.
  private let keepsSums: Bool

  /// Nodes with weights.
  private static let weighted: Set<String> = ["Conv", "Gemm", "MatMul"]
  /// Nodes whose values are some of those of their input.
  private static let rearranging: Set<String> = [
    "DepthToSpace", "MaxPool", "Reshape", "Slice", "Transpose",
  ]
  private static let others: Set<String> = [
    "Add", "AveragePool", "Concat", "GlobalAveragePool", "Mul", "Sigmoid",
  ]
  /// Nodes that a quantised range replaces.
  private static let clamping: Set<String> = ["Clip", "Relu"]

  init(
    _ nodes: [Onnx_NodeProto], _ constants: [String: ONNXConstant],
    _ ranges: [String: ActivationRange]
  ) {
    self.nodes = nodes
    self.constants = constants
    self.ranges = ranges
    keepsSums = nodes.contains { $0.opType == "LayerNormalization" }
    for (place, node) in nodes.enumerated() {
      for name in Self.uses(of: node) { readers[name, default: []].append(place) }
    }
    inferRanges()
    choose()
  }

  /// What a node reads, also in graphs within it.
  private static func uses(of node: Onnx_NodeProto) -> [String] {
    node.input.filter { !$0.isEmpty }
      + node.attribute.flatMap { attribute in
        attribute.type == .graph ? attribute.g.node.flatMap(uses) : []
      }
  }

  /// The weight of a node: a constant of floats.
  func weight(of node: Onnx_NodeProto) -> ONNXConstant? {
    guard Self.weighted.contains(node.opType) || node.opType == "ConvTranspose",
      node.input.count > 1, let constant = constants[node.input[1]],
      constant.contents.element == .float
    else { return nil }
    return node.opType == "MatMul" && constant.contents.dims.count != 2 ? nil : constant
  }

  /// What a node reads that is no constant.
  private func inputs(of node: Onnx_NodeProto) -> [String] {
    node.input.filter { !$0.isEmpty && constants[$0] == nil }
  }

  private mutating func inferRanges() {
    for node in nodes {
      if Self.rearranging.contains(node.opType) {
        // The same steps, so that integers are moved without computing.
        if let range = ranges[node.input[0]] { ranges[node.output[0]] = range }
      } else if node.opType == "Sigmoid", ranges[node.output[0]] == nil {
        ranges[node.output[0]] = ActivationRange(lower: 0, upper: 1)
      }
    }
  }

  /// What a value becomes before it is quantised: a node that only clamps it is left to the quantisation.
  private func clamped(_ name: String) -> String {
    guard let own = readers[name], own.count == 1, Self.clamping.contains(nodes[own[0]].opType),
      nodes[own[0]].input[0] == name
    else { return name }
    return nodes[own[0]].output[0]
  }

  private mutating func choose() {
    // Whether a value is needed by a node that computes with integers, directly or in the end.
    var isWanted: Set<String> = []
    var leads: Set<String> = []
    for (place, node) in nodes.enumerated().reversed() {
      let output = node.output[0]
      let result = clamped(output)
      if weight(of: node) != nil, Self.weighted.contains(node.opType), ranges[node.input[0]] != nil
      {
        chosen.insert(place)
        values.insert(node.input[0])
        // Convolutions of integers give integers; products of matrices may give floats.
        let needsOutput = node.opType == "Conv" && leads.contains(output)
        if ranges[result] != nil, needsOutput || isWanted.contains(result) { values.insert(result) }
        isWanted.insert(node.input[0])
        leads.insert(node.input[0])
        continue
      }
      let own = inputs(of: node)
      if isCandidate(node), isWanted.contains(result), ranges[result] != nil, !own.isEmpty,
        own.allSatisfy({ ranges[$0] != nil })
      {
        chosen.insert(place)
        values.formUnion(own + [result])
        isWanted.formUnion(own)
      }
      if node.output.contains(where: leads.contains) { leads.formUnion(own) }
    }
  }

  private func isCandidate(_ node: Onnx_NodeProto) -> Bool {
    if Self.rearranging.contains(node.opType) { return true }
    guard Self.others.contains(node.opType) else { return false }
    let isSum = node.opType == "Add" || node.opType == "Mul"
    if isSum, keepsSums || node.input.contains(where: { constants[$0] != nil }) { return false }
    return true
  }
}
