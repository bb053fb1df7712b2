import Files
import FoundationEssentials
import SwiftProtobuf

/// A model that is larger than ONNX's format allows.
package struct ONNXSizeProblem: Error, Equatable {
  package let description: String
}

/// A finished model, ready to be written.
package struct ONNXModel {
  /// The largest file that protocol buffers allow, in bytes.
  package static let limit = Int(Int32.max)
  /// The operator sets that models can be written for.
  package static let opsets = 17...21
  package static let standardOpset = 17

  let opset: Int
  var graph: Onnx_GraphProto
  let constants: [ONNXConstant]
  let producerVersion: String
  /// In the order in which they are written.
  let metadata: [(key: String, value: String)]

  init(
    _ builder: ONNXBuilder, name: String, inputs: [ONNXBuilder.Value],
    outputs: [ONNXBuilder.Value], producerVersion: String, metadata: [(key: String, value: String)]
  ) {
    opset = builder.opset
    constants = builder.constants
    self.producerVersion = producerVersion
    self.metadata = metadata
    graph = Onnx_GraphProto()
    graph.name = name
    graph.node = builder.nodes
    graph.input = inputs.map(\.info)
    graph.output = outputs.map(\.info)
  }

  /// The version of the file format that the operator set belongs to.
  private var version: Int64 { opset <= 18 ? 8 : opset <= 20 ? 9 : 10 }

  /// The file in pieces, one after the other. The values of constants are not copied.
  ///
  /// - Throws: ``ONNXSizeProblem`` if it would be larger than ``limit``.
  package func pieces() throws -> [[UInt8]] {
    var model = Onnx_ModelProto()
    model.irVersion = version
    model.producerName = "runner"
    model.producerVersion = producerVersion
    var imported = Onnx_OperatorSetIdProto()
    imported.version = Int64(opset)
    model.opsetImport = [imported]
    if graph.node.contains(where: { $0.domain == ONNXOperator.dataDomain }) {
      var data = Onnx_OperatorSetIdProto()
      data.domain = ONNXOperator.dataDomain
      data.version = Int64(ONNXOperator.dataOpset)
      model.opsetImport.append(data)
    }
    model.metadataProps = metadata.map { item in
      var entry = Onnx_StringStringEntryProto()
      entry.key = item.key
      entry.value = item.value
      return entry
    }
    var body: [[UInt8]] = [try graph.serializedBytes()]
    for constant in constants {
      var tensor = Onnx_TensorProto()
      tensor.name = constant.name
      tensor.dims = constant.contents.dims.map(Int64.init)
      tensor.dataType = Int32(constant.contents.element.rawValue)
      let header: [UInt8] = try tensor.serializedBytes()
      let bytes = constant.contents.bytes
      let values = Self.field(9, size: bytes.count)
      let size = header.count + values.count + bytes.count
      body.append(Self.field(5, size: size) + header + values)
      body.append(bytes)
    }
    let size = body.reduce(0) { $0 + $1.count }
    let head: [UInt8] = try model.serializedBytes() + Self.field(7, size: size)
    guard head.count + size <= Self.limit else {
      let gigabytes = Double(head.count + size) / 1e9
      throw ONNXSizeProblem(
        description:
          "the model takes \((gigabytes * 10).rounded() / 10) GB, but a file in ONNX's format holds at "
          + "most 2 GB")
    }
    return [head] + body
  }

  /// The beginning of a field of bytes: its number, and its size as a variable-length integer.
  private static func field(_ number: UInt8, size: Int) -> [UInt8] {
    var bytes = [number << 3 | 2]
    var rest = UInt64(size)
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
    return bytes
  }
}

extension ONNXBuilder.Value {
  /// The declaration of an input or output.
  var info: Onnx_ValueInfoProto {
    var info = Onnx_ValueInfoProto()
    info.name = name
    var tensor = Onnx_TypeProto.Tensor()
    tensor.elemType = Int32(type.element.rawValue)
    tensor.shape.dim = type.shape.map { dimension in
      var proto = Onnx_TensorShapeProto.Dimension()
      switch dimension {
      case .fixed(let size): proto.dimValue = Int64(size)
      case .named(let name): proto.dimParam = name
      }
      return proto
    }
    info.type.tensorType = tensor
    return info
  }
}
