/// Writes quantised weights, each once.
struct QuantizedWriter {
  /// The largest weight. Two products with values of up to 255 fit into the 16 bits in which x86 processors without VNNI
  /// add them.
  private static let largest: Float = 64
  private let builder: ONNXBuilder
  private var known: [Key: String] = [:]

  private struct Key: Hashable {
    let weight: String
    let scales: [Float]
  }

  init(_ builder: ONNXBuilder) { self.builder = builder }

  func node(
    _ operation: String, _ inputs: [String], _ output: String, axis: Int? = nil
  ) -> Onnx_NodeProto {
    var node = Onnx_NodeProto()
    node.opType = operation
    node.name = builder.unique(output)
    node.input = inputs
    node.output = [output]
    if let axis { node.attribute = [ONNXAttribute.int(axis).proto("axis")] }
    return node
  }

  /// Makes a node read quantised weights, and returns the nodes for that.
  ///
  /// - Parameters:
  ///   - bias: its bias, if it has one.
  ///   - input: the scale of its quantised input; `nil` if it computes with floats, of which only the weight is stored
  ///     in 8 bits.
  mutating func quantized(
    _ target: inout Onnx_NodeProto, _ weight: ONNXConstant, bias: ONNXConstant?, input: Float?
  ) -> [Onnx_NodeProto] {
    let dims = weight.contents.dims
    let count = dims.reduce(1, *)
    if input == nil, count < 1024 { return [] }
    let axis = Self.axis(of: target, dims)
    let inner = dims[(axis + 1)...].reduce(1, *)
    let channels = dims[axis]
    let values = Self.floats(weight)
    let biases = bias.map(Self.floats)
    var scales = [Float](repeating: 0, count: channels)
    for index in 0..<count {
      let channel = index / inner % channels
      scales[channel] = max(scales[channel], abs(values[index]))
    }
    for channel in 0..<channels {
      var scale = scales[channel] / Self.largest
      // A bias has to fit into 32 bits.
      if let input, let biases { scale = max(scale, abs(biases[channel]) / input / Float(1 << 30)) }
      scales[channel] = scale > .leastNormalMagnitude ? scale : 1
    }
    var nodes: [Onnx_NodeProto] = []
    let key = Key(weight: weight.name, scales: scales)
    if let name = known[key] {
      target.input[1] = name
    } else {
      let integers = (0..<count).map { index in
        let whole = (values[index] / scales[index / inner % channels]).rounded(.toNearestOrEven)
        return UInt8(bitPattern: Int8(min(max(whole, -Self.largest), Self.largest)))
      }
      let stored = builder.constant(
        .int8, dims, bytes: integers, name: "\(weight.name)_quantized")
      let name = builder.unique("\(weight.name)_rounded")
      // ONNX Runtime expects a zero for each channel.
      let zeros = builder.constant(
        .int8, [channels], bytes: Array(repeating: 0, count: channels), name: "zeros")
      nodes.append(
        node("DequantizeLinear", [stored.name, floats(scales), zeros.name], name, axis: axis))
      known[key] = name
      target.input[1] = name
    }
    if let biases, let bias, let input {
      let steps = scales.map { $0 * input }
      let integers = zip(biases, steps).map { Int32(($0 / $1).rounded(.toNearestOrEven)) }
      let stored = builder.constant(
        .int32, [channels], bytes: integers.withUnsafeBytes { Array($0) },
        name: "\(bias.name)_quantized")
      let name = builder.unique("\(target.output[0])_bias")
      nodes.append(node("DequantizeLinear", [stored.name, floats(steps)], name, axis: 0))
      target.input[2] = name
    }
    return nodes
  }

  private func floats(_ scales: [Float]) -> String {
    builder.floats(scales, [scales.count], "scales").name
  }

  /// The axis of the output channels.
  private static func axis(of node: Onnx_NodeProto, _ dims: [Int]) -> Int {
    switch node.opType {
    case "MatMul": return 1
    case "ConvTranspose":
      let groups = node.attribute.first { $0.name == "group" }.map { Int($0.i) } ?? 1
      return groups == 1 ? 1 : 0
    default: return 0
    }
  }

  private static func floats(_ constant: ONNXConstant) -> [Float] {
    constant.contents.bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }
}
