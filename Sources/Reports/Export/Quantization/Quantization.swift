import Graph

/// Rewrites a graph of floats for integers of 8 bits: weights become int8 with a scale for each output channel, biases
/// int32, and the values between layers uint8 in the ranges that were measured.
///
/// Source of the scheme: Jacob et al., "Quantization and training of neural networks for efficient
/// integer-arithmetic-only inference" (2018), as ONNX Runtime's `quantize_static` with `QuantFormat.QDQ` writes it.
struct Quantization {
  private let builder: ONNXBuilder
  private let choice: QuantizedNodes
  private let floats: [String: ONNXConstant]

  init(_ builder: ONNXBuilder) {
    self.builder = builder
    floats = Dictionary(builder.constants.map { ($0.name, $0) }) { first, _ in first }
    choice = QuantizedNodes(builder.nodes, floats, builder.ranges)
  }

  /// The scale and the zero of a quantised value.
  private struct Steps {
    let scale: Float
    let zero: UInt8

    init(_ range: ActivationRange) {
      let (lower, upper) = (min(range.lower, 0), max(range.upper, 0))
      let width = (upper - lower) / 255
      scale = width > 0 && width.isFinite ? width : 1
      zero = UInt8(min(max((-lower / scale).rounded(.toNearestOrEven), 0), 255))
    }
  }

  /// Replaces the builder's nodes and constants.
  func apply() {
    let before = builder.nodes
    var nodes: [Onnx_NodeProto] = []
    var writer = QuantizedWriter(builder)
    // Values that no node gives, such as the graph's input.
    let made = Set(before.flatMap(\.output))
    for name in choice.values.subtracting(made).sorted() {
      nodes += rounding(name, &writer)
    }
    for (place, original) in before.enumerated() {
      var node = original
      for (index, name) in node.input.enumerated() where choice.values.contains(name) {
        node.input[index] = Self.rounded(name)
      }
      if let weight = choice.weight(of: original) {
        let isWhole = choice.chosen.contains(place)
        let input = isWhole ? choice.ranges[original.input[0]].map { Steps($0).scale } : nil
        nodes += writer.quantized(&node, weight, bias: bias(of: original), input: input)
      }
      nodes.append(node)
      for name in original.output where choice.values.contains(name) {
        nodes += rounding(name, &writer)
      }
    }
    let used = Set(nodes.flatMap(Self.uses))
    builder.replace(nodes, builder.constants.filter { used.contains($0.name) })
  }

  private static func uses(of node: Onnx_NodeProto) -> [String] {
    node.input
      + node.attribute.flatMap { $0.type == .graph ? $0.g.node.flatMap(uses) : [] }
  }

  private func bias(of node: Onnx_NodeProto) -> ONNXConstant? {
    guard node.opType != "MatMul", node.input.count > 2 else { return nil }
    return floats[node.input[2]]
  }

  private static func rounded(_ name: String) -> String { "\(name)_rounded" }

  /// The pair of nodes that rounds a value to one of 256 steps.
  private func rounding(_ name: String, _ writer: inout QuantizedWriter) -> [Onnx_NodeProto] {
    guard let range = choice.ranges[name] else { return [] }
    let steps = Steps(range)
    let scale = builder.floats([steps.scale], []).name
    let zero = builder.constant(.uint8, [], bytes: [steps.zero], name: "zero").name
    let integers = "\(name)_quantized"
    return [
      writer.node("QuantizeLinear", [name, scale, zero], integers),
      writer.node("DequantizeLinear", [integers, scale, zero], Self.rounded(name)),
    ]
  }
}
