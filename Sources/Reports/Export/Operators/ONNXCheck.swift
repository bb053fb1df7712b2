import FoundationEssentials
import SwiftProtobuf

/// Checks the structure of an ONNX file as it was written.
package struct ONNXCheck {
  /// What was found in a file that is valid.
  package struct Summary: Sendable, Equatable {
    package var opset: Int
    package var nodes: Int
    package var constants: Int
    package var inputs: [String: String]
    package var outputs: [String: String]
    package var metadata: [String: String]
  }

  private let opset: Int
  /// Those whose operators may be used.
  private let domains: Set<String>
  private var integers: [String: [Int]] = [:]
  private var floats: [String: [Float]] = [:]

  /// Constants of up to so many floats are known when types are inferred.
  static let fewFloats = 8

  /// Reads a file and checks it: every value is defined before it is used and has one definition, every constant
  /// has as many bytes as its shape, every node suits the operator set, and the types that follow from the
  /// nodes are those that the outputs declare.
  ///
  /// - Throws: ``ONNXFault``.
  package static func check(_ bytes: some Collection<UInt8>) throws -> Summary {
    let model: Onnx_ModelProto
    do {
      model = try Onnx_ModelProto(serializedBytes: Data(bytes))
    } catch {
      throw ONNXFault("it is not in ONNX's format: \(error)")
    }
    let own = model.opsetImport.filter(\.domain.isEmpty)
    let others = model.opsetImport.filter { !$0.domain.isEmpty }
    guard own.count == 1, model.irVersion >= 8 else {
      throw ONNXFault("it does not declare one operator set of ONNX")
    }
    guard others.count <= 1,
      others.allSatisfy({
        $0.domain == ONNXOperator.dataDomain && $0.version == ONNXOperator.dataOpset
      })
    else { throw ONNXFault("it declares the operator set of '\(others[0].domain)'") }
    var check = ONNXCheck(opset: Int(own[0].version), domains: Set([""] + others.map(\.domain)))
    let graph = model.graph
    if graph.name.isEmpty { throw ONNXFault("its graph has no name") }
    var types: [String: ONNXType] = [:]
    for tensor in graph.initializer {
      types[tensor.name] = try check.type(of: tensor)
      if let values = Self.integers(in: tensor) { check.integers[tensor.name] = values }
      if tensor.dataType == ONNXType.Element.float.rawValue, tensor.rawData.count <= 4 * fewFloats {
        check.floats[tensor.name] = Array(tensor.rawData).withUnsafeBytes {
          Array($0.bindMemory(to: Float.self))
        }
      }
    }
    if types.count != graph.initializer.count { throw ONNXFault("two constants share a name") }
    for input in graph.input {
      if types.updateValue(try ONNXType(input), forKey: input.name) != nil {
        throw ONNXFault("'\(input.name)' is defined twice")
      }
    }
    try check.visit(graph, &types)
    return Summary(
      opset: check.opset, nodes: graph.node.count, constants: graph.initializer.count,
      inputs: try Self.described(graph.input), outputs: try Self.described(graph.output),
      metadata: Dictionary(model.metadataProps.map { ($0.key, $0.value) }) { first, _ in first })
  }

  private init(opset: Int, domains: Set<String>) {
    self.opset = opset
    self.domains = domains
  }

  private static func described(_ values: [Onnx_ValueInfoProto]) throws -> [String: String] {
    var texts: [String: String] = [:]
    for value in values { texts[value.name] = try ONNXType(value).description }
    return texts
  }

  private func type(of tensor: Onnx_TensorProto) throws(ONNXFault) -> ONNXType {
    guard let element = ONNXType.Element(rawValue: Int(tensor.dataType)), !tensor.name.isEmpty,
      tensor.dims.allSatisfy({ $0 >= 0 })
    else { throw ONNXFault("the constant '\(tensor.name)' has a type that is not supported") }
    let dims = tensor.dims.map(Int.init)
    if tensor.rawData.count != dims.reduce(element.size, *) {
      throw ONNXFault("the constant '\(tensor.name)' has \(tensor.rawData.count) bytes for \(dims)")
    }
    return ONNXType(element, fixed: dims)
  }

  private static func integers(in tensor: Onnx_TensorProto) -> [Int]? {
    guard tensor.dataType == ONNXType.Element.int64.rawValue, tensor.rawData.count <= 1 << 16 else {
      return nil
    }
    let bytes = Array(tensor.rawData)
    return stride(from: 0, to: bytes.count, by: 8).map { start in
      Int(bytes[start..<start + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }.signed)
    }
  }

  /// Checks the nodes and outputs of a graph, given the types of what is defined around it.
  private func visit(_ graph: Onnx_GraphProto, _ types: inout [String: ONNXType]) throws {
    for node in graph.node {
      guard domains.contains(node.domain),
        ONNXOperator.all[node.opType].map({ $0.domain == node.domain }) ?? true
      else { throw ONNXFault("'\(node.name)' is an operator of '\(node.domain)'") }
      var attributes: [String: ONNXAttribute] = [:]
      for proto in node.attribute {
        let attribute = try ONNXAttribute(proto)
        attributes[proto.name] = attribute
        if case .graph(let inner) = attribute {
          if !inner.input.isEmpty { throw ONNXFault("the graph in '\(node.name)' has inputs") }
          var own = types
          try visit(inner, &own)
        }
      }
      let call = ONNXCall(
        operation: node.opType, opset: opset, name: node.name,
        inputs: try node.input.map { name in
          if name.isEmpty { return nil }
          guard let type = types[name] else {
            throw ONNXFault("'\(node.name)' uses '\(name)' before it is defined")
          }
          return type
        }, integers: node.input.map { integers[$0] }, floats: node.input.map { floats[$0] },
        attributes: attributes,
        outputCount: node.output.count)
      for (name, type) in zip(node.output, try call.inferred()) {
        if types.updateValue(type, forKey: name) != nil {
          throw ONNXFault("'\(name)' is defined twice")
        }
      }
    }
    if graph.output.isEmpty { throw ONNXFault("the graph '\(graph.name)' has no outputs") }
    for output in graph.output {
      let declared = try ONNXType(output)
      guard let type = types[output.name] else {
        throw ONNXFault("the output '\(output.name)' is not defined")
      }
      guard Self.fits(type, declared) else {
        throw ONNXFault("the output '\(output.name)' is \(type), but is declared as \(declared)")
      }
    }
  }

  /// Whether a value can be declared as `declared`: a size that is only known when the model runs may be any.
  private static func fits(_ type: ONNXType, _ declared: ONNXType) -> Bool {
    type.element == declared.element && type.rank == declared.rank
      && zip(type.shape, declared.shape).allSatisfy { a, b in
        a == b || a.size == nil
      }
  }
}

extension UInt64 {
  fileprivate var signed: Int64 { Int64(bitPattern: self) }
}
