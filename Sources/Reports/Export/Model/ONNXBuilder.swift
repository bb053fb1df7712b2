import FoundationEssentials
import Graph

/// Builds an ONNX graph node by node. The type of every value is inferred as its node is added, so that a node
/// that does not fit its inputs is found where it is made.
final class ONNXBuilder {
  /// A value of the graph.
  struct Value: Equatable {
    let name: String
    let type: ONNXType

    /// The sizes without the batch dimension.
    var dims: [Int] { type.shape.dropFirst().map { $0.size ?? -1 } }
  }

  let opset: Int
  private(set) var nodes: [Onnx_NodeProto] = []
  /// What names of nodes begin with, such as the path of a layer.
  var scope = ""
  /// The names and constants, which a graph within a node shares with the graph around it.
  private let shared: Shared

  private final class Shared {
    var constants: [ONNXConstant] = []
    var names: Set<String> = []
    /// The values that were named as outputs of the graph.
    var outputs: Set<String> = []
    var integers: [String: [Int]] = [:]
    var floats: [String: [Float]] = [:]
    /// The ranges of values that were measured.
    var ranges: [String: ActivationRange] = [:]
    /// Constants by their contents, so that equal ones are stored once.
    var known: [ONNXConstant.Contents: Value] = [:]
  }

  init(opset: Int) {
    self.opset = opset
    shared = Shared()
  }

  /// A graph within a node of another one, whose values it can use.
  init(within other: ONNXBuilder) {
    opset = other.opset
    shared = other.shared
    scope = other.scope
  }

  /// All constants, in the order in which they were made.
  var constants: [ONNXConstant] { shared.constants }

  /// Replaces all nodes and constants.
  func replace(_ nodes: [Onnx_NodeProto], _ constants: [ONNXConstant]) {
    self.nodes = nodes
    shared.constants = constants
  }

  // MARK: Ranges

  /// The ranges of values that were measured, by their names.
  var ranges: [String: ActivationRange] { shared.ranges }

  /// Keeps the range of a value; of one that was measured for several models, the range of all.
  func measured(_ value: Value, _ range: ActivationRange) {
    let other = shared.ranges[value.name] ?? range
    shared.ranges[value.name] = ActivationRange(
      lower: min(range.lower, other.lower), upper: max(range.upper, other.upper))
  }

  // MARK: Names

  /// Keeps a name free for an output of the graph.
  func reserve(_ name: String) { shared.names.insert(name) }

  /// Frees a reserved name for the node that is added next.
  func release(_ name: String) { shared.names.remove(name) }

  /// Names a value that a node gives, such as an output of the graph, without a node that copies it.
  ///
  /// - Returns: `nil` if no node of this graph gives it, or if it is an output under another name already.
  func rename(_ value: Value, to name: String) -> Value? {
    guard nodes.contains(where: { $0.output.contains(value.name) }),
      !shared.outputs.contains(value.name),
      !nodes.contains(where: { $0.usesWithin(value.name) })
    else { return nil }
    for place in nodes.indices {
      nodes[place].input = nodes[place].input.map { $0 == value.name ? name : $0 }
      nodes[place].output = nodes[place].output.map { $0 == value.name ? name : $0 }
    }
    shared.names.insert(name)
    shared.outputs.insert(name)
    shared.ranges[name] = shared.ranges.removeValue(forKey: value.name)
    return Value(name: name, type: value.type)
  }

  // MARK: Values

  /// An input of the graph.
  func input(_ name: String, _ type: ONNXType) -> Value {
    shared.names.insert(name)
    return Value(name: name, type: type)
  }

  /// - Parameter bytes: the values, row-major and little endian.
  func constant(_ element: ONNXType.Element, _ dims: [Int], bytes: [UInt8], name: String) -> Value {
    let contents = ONNXConstant.Contents(element: element, dims: dims, bytes: bytes)
    if let value = shared.known[contents] { return value }
    let value = Value(name: unique(name), type: ONNXType(element, fixed: dims))
    shared.constants.append(ONNXConstant(name: value.name, contents: contents))
    shared.known[contents] = value
    return value
  }

  func floats(_ values: [Float], _ dims: [Int], _ name: String = "constant") -> Value {
    let value = constant(.float, dims, bytes: Self.bytes(values), name: name)
    if values.count <= ONNXCheck.fewFloats { shared.floats[value.name] = values }
    return value
  }

  func doubles(_ values: [Double], _ dims: [Int], _ name: String = "constant") -> Value {
    constant(.double, dims, bytes: Self.bytes(values), name: name)
  }

  func integers(_ values: [Int], _ dims: [Int]? = nil, _ name: String = "constant") -> Value {
    let value = constant(
      .int64, dims ?? [values.count], bytes: Self.bytes(values.map(Int64.init)), name: name)
    shared.integers[value.name] = values
    return value
  }

  func scalar(_ value: Float) -> Value { floats([value], []) }
  func scalar(_ value: Double) -> Value { doubles([value], []) }

  private static func bytes(_ values: [some BitwiseCopyable]) -> [UInt8] {
    values.withUnsafeBytes { Array($0) }
  }

  // MARK: Nodes

  /// Adds a node and returns its outputs.
  ///
  /// - Parameter inputs: `nil` for one that is left out.
  /// - Throws: ``ONNXFault`` if the operator does not take these inputs.
  func add(
    _ operation: String, _ inputs: [Value?], _ attributes: [String: ONNXAttribute] = [:],
    outputs count: Int = 1, named name: String? = nil
  ) throws(ONNXFault) -> [Value] {
    let own = unique(name ?? scoped(operation))
    let call = ONNXCall(
      operation: operation, opset: opset, name: own, inputs: inputs.map { $0?.type },
      integers: inputs.map { $0.flatMap { shared.integers[$0.name] } },
      floats: inputs.map { $0.flatMap { shared.floats[$0.name] } }, attributes: attributes,
      outputCount: count)
    let types = try call.inferred()
    let names = [own] + (1..<max(count, 1)).map { unique("\(own)_\($0)") }
    var node = Onnx_NodeProto()
    node.opType = operation
    node.domain = ONNXOperator.all[operation]?.domain ?? ""
    node.name = own
    node.input = inputs.map { $0?.name ?? "" }
    while node.input.last == "" { node.input.removeLast() }
    node.output = Array(names.prefix(count))
    node.attribute = attributes.sorted { $0.key < $1.key }.map { $0.value.proto($0.key) }
    nodes.append(node)
    return zip(names, types).map { Value(name: $0, type: $1) }
  }

  /// Adds a node with one output.
  func callAsFunction(
    _ operation: String, _ inputs: Value?..., attributes: [String: ONNXAttribute] = [:],
    named name: String? = nil
  ) throws(ONNXFault) -> Value {
    try add(operation, inputs, attributes, named: name)[0]
  }

  private func scoped(_ name: String) -> String { scope.isEmpty ? name : "\(scope)/\(name)" }

  func unique(_ wanted: String) -> String {
    if shared.names.insert(wanted).inserted { return wanted }
    var number = 1
    while !shared.names.insert("\(wanted)_\(number)").inserted { number += 1 }
    return "\(wanted)_\(number)"
  }
}

extension Onnx_NodeProto {
  /// Whether a graph within the node reads a value.
  fileprivate func usesWithin(_ name: String) -> Bool {
    attribute.contains { item in
      item.type == .graph && item.g.node.contains { $0.input.contains(name) || $0.usesWithin(name) }
    }
  }
}

/// A tensor stored in the model.
struct ONNXConstant {
  struct Contents: Hashable {
    let element: ONNXType.Element
    let dims: [Int]
    let bytes: [UInt8]
  }

  let name: String
  let contents: Contents
}
