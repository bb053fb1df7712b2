import FoundationEssentials

/// An attribute of a node.
enum ONNXAttribute {
  case int(Int)
  case ints([Int])
  case float(Double)
  case floats([Float])
  case string(String)
  case strings([String])
  case graph(Onnx_GraphProto)

  func proto(_ name: String) -> Onnx_AttributeProto {
    var proto = Onnx_AttributeProto()
    proto.name = name
    switch self {
    case .int(let value):
      proto.type = .int
      proto.i = Int64(value)
    case .ints(let values):
      proto.type = .ints
      proto.ints = values.map(Int64.init)
    case .float(let value):
      proto.type = .float
      proto.f = Float(value)
    case .floats(let values):
      proto.type = .floats
      proto.floats = values
    case .strings(let values):
      proto.type = .strings
      proto.strings = values.map { Data($0.utf8) }
    case .string(let value):
      proto.type = .string
      proto.s = Data(value.utf8)
    case .graph(let value):
      proto.type = .graph
      proto.g = value
    }
    return proto
  }

  /// - Throws: ``ONNXFault`` for a kind that this program does not write.
  init(_ proto: Onnx_AttributeProto) throws(ONNXFault) {
    switch proto.type {
    case .int: self = .int(Int(proto.i))
    case .ints: self = .ints(proto.ints.map(Int.init))
    case .float: self = .float(Double(proto.f))
    case .floats: self = .floats(proto.floats)
    case .strings: self = .strings(proto.strings.map { String(decoding: $0, as: UTF8.self) })
    case .string: self = .string(String(decoding: proto.s, as: UTF8.self))
    case .graph: self = .graph(proto.g)
    default:
      throw ONNXFault("the attribute '\(proto.name)' has a type that is not supported")
    }
  }
}
