import DataSchema
import Diagnostics
import Foundation
import Graph
import SwiftProtobuf
import Tasks
import Testing

@testable import Export

/// What the check of a file finds, and what outputs a file has.
@Suite struct ONNXCheckTests {
  private static func write(_ change: (inout Onnx_ModelProto) -> Void) throws -> [UInt8] {
    let graph = try Exported.graph("[linear: 3, relu, linear: 2]", [[4]])
    let weights = graph.parameters.map {
      Exported.entry($0.name, $0.spec.shape, Array(repeating: 1, count: $0.spec.count))
    }
    var model = try Onnx_ModelProto(serializedBytes: Data(Exported.file(graph, weights)))
    change(&model)
    return try model.serializedBytes()
  }

  @Test func aModelThatWasWrittenIsValid() throws {
    let summary = try ONNXCheck.check(Self.write { _ in })
    // The output is the last layer's own, without a copy.
    #expect(summary.nodes == 3)
    #expect(summary.constants == 4)
    #expect(summary.inputs == ["input0": "float[batch, 4]"])
  }

  @Test func damageIsFound() throws {
    let damages: [(String, (inout Onnx_ModelProto) -> Void)] = [
      ("uses '0/Gemm' before it is defined", { $0.graph.node.swapAt(0, 1) }),
      ("there is no operator 'Gem'", { $0.graph.node[0].opType = "Gem" }),
      ("cannot multiply", { $0.graph.initializer[0].dims = [6, 2] }),
      ("has 44 bytes", { $0.graph.initializer[0].rawData.removeLast(4) }),
      ("two constants share a name", { $0.graph.initializer[1].name = "0.weight" }),
      ("is defined twice", { $0.graph.node[2].output = ["0/Gemm"] }),
      ("it has no attribute 'axis'", { $0.graph.node[0].attribute[0].name = "axis" }),
      ("but is declared as", { $0.graph.output[0].type.tensorType.shape.dim[1].dimValue = 5 }),
      ("the output 'gone' is not defined", { $0.graph.output[0].name = "gone" }),
      ("does not declare one operator set", { $0.opsetImport = [] }),
    ]
    for (message, damage) in damages {
      let file = try Self.write(damage)
      do {
        _ = try ONNXCheck.check(file)
        Issue.record("not found: \(message)")
      } catch let fault as ONNXFault {
        #expect(fault.description.contains(message), "\(fault)")
      }
    }
    #expect(throws: ONNXFault.self) { try ONNXCheck.check([1, 2, 3] as [UInt8]) }
  }

  @Test func outputsFollowTheLossAndTheTarget() throws {
    func outputs(
      _ link: ScoreLink, _ target: FieldKind, members: Int = 1
    ) throws -> [String: String] {
      let isMask = target.isMask
      let graph = try Exported.graph(
        isMask ? "[conv2d: {out_channels: 3, kernel_size: 1}]" : "[linear: 3]",
        [isMask ? [1, 4, 5] : [4]])
      let weights = graph.parameters.map {
        ($0.name, Exported.entry($0.name, $0.spec.shape, Array(repeating: 1, count: $0.spec.count)))
      }
      let reading = ONNXExport.Reading(link: link, prediction: .outputs, target: target)
      let model = try ONNXExport(graph, reading, input: .tensor, opset: Exported.opset).model(
        of: (0..<members).map {
          ONNXExport.Member(
            name: "fold-\($0)", weights: Dictionary(uniqueKeysWithValues: weights), pipeline: nil)
        }, name: "test", version: "test", metadata: [])
      return try ONNXCheck.check(model.pieces().flatMap(\.self)).outputs
    }
    let names = ["a", "b", "c"]
    let both = ["probabilities": "float[batch, 3]", "scores": "float[batch, 3]"]
    #expect(try outputs(.softmax, .category(names)) == both)
    #expect(try outputs(.sigmoid, .labelSet(names)) == both)
    #expect(try outputs(.softmax, .category(names), members: 3) == both)
    #expect(try outputs(.sigmoid, .labelSet(names), members: 2) == both)
    #expect(try outputs(.identity, .category(names)) == ["scores": "float[batch, 3]"])
    #expect(
      try outputs(.identity, .numbers(names.map { Quantity($0) }), members: 2) == [
        "values": "float[batch, 3]"
      ])
    #expect(
      try outputs(.softmax, .mask(names, ignore: nil)) == [
        "classes": "uint8[batch, 4, 5]", "probabilities": "float[batch, 3, 4, 5]",
        "scores": "float[batch, 3, 4, 5]",
      ])
  }

  /// The operators of a model's file.
  private func nodes(_ model: String, _ input: [Int]) throws -> [String] {
    let graph = try Exported.graph(model, [input])
    let weights = graph.parameters.filter { $0.spec.role != .counter }.map {
      Exported.entry($0.name, $0.spec.shape, Array(repeating: 1, count: $0.spec.count))
    }
    let file = try Exported.file(graph, weights)
    _ = try ONNXCheck.check(file)
    return try Onnx_ModelProto(serializedBytes: Data(file)).graph.node.map(\.opType)
  }

  @Test func batchNormalisationIsFoldedOnlyWhereNothingElseReadsTheLayer() throws {
    let conv = "{conv2d: {out_channels: 2, kernel_size: 3, padding: 1}, name: conv}"
    #expect(
      try nodes("[\(conv), batch_norm2d, dropout: 0.5, relu]", [2, 5, 5]) == ["Conv", "Relu"])
    #expect(
      try nodes(
        "[\(conv), {batch_norm2d: {}, name: norm}, {add: {}, from: [conv, norm]}]", [2, 5, 5])
        == ["Conv", "BatchNormalization", "Add"])
    #expect(try nodes("[batch_norm2d, \(conv)]", [2, 5, 5]) == ["BatchNormalization", "Conv"])
  }
  @Test func anOutputIsCopiedOnlyIfItIsAnInput() throws {
    #expect(try nodes("[flatten, linear: 3]", [2, 2]) == ["Reshape", "Gemm"])
    #expect(try nodes("[identity]", [4]) == ["Identity"])
  }

  @Test func parametersAreRepeatedForEachExampleOnlyWhereThatIsNeeded() throws {
    let position = "{parameter: [3, 4], name: position}"
    let sum = "{add: {}, from: [input0, position]}"
    #expect(try nodes("[\(position), \(sum)]", [3, 4]) == ["Add"])
    let join = "{concat: 1, from: [position, input0]}"
    #expect(
      try nodes("[\(position), \(join)]", [3, 4]) == ["Shape", "Concat", "Expand", "Concat"])
    let double = "{add: {}, from: [position, position], name: double}"
    #expect(
      try nodes("[\(position), \(double), {add: {}, from: [input0, double]}]", [3, 4])
        == ["Shape", "Concat", "Expand", "Add", "Add"])
  }

  @Test func oneProductGivesQueryKeyAndValueOfOneInput() throws {
    func products(_ model: String) throws -> Int {
      try nodes(model, [3, 4]).count { $0 == "MatMul" }
    }
    // With the output's, and those of the scores and the values.
    #expect(try products("[{multi_head_attention: 2}]") == 4)
    let other = "{linear: 4, name: other}"
    // The linear layer's and one each for query, key and value.
    #expect(
      try products("[\(other), {multi_head_attention: 2, from: [input0, other]}]") == 7)
  }
}
