import Foundation
import Graph
import SwiftProtobuf
import Testing

@testable import Export

/// Models of integers: which values are quantised, and by which numbers.
@Suite struct QuantizationTests {
  /// A model with ranges for all of its values.
  private func model(
    _ text: String, _ shape: [Int], weight: (Int) -> Float = { Float($0 % 17) - 8 }
  ) throws -> (model: Onnx_ModelProto, file: [UInt8], floats: Int) {
    let graph = try Exported.graph(text, [shape])
    let weights = graph.parameters.filter { $0.spec.role != .counter }.map { parameter in
      let isVariance = parameter.spec.name == "running_var"
      return Exported.entry(
        parameter.name, parameter.spec.shape,
        (0..<parameter.spec.count).map { isVariance ? 1 : weight($0) })
    }
    var ranges: [Graph.Source: ActivationRange] = [.input(0): .init(lower: -1, upper: 1)]
    for index in graph.nodes.indices {
      ranges[.node(index)] = ActivationRange(lower: -2, upper: Float(index + 1))
    }
    let file = try Exported.file(graph, weights, ranges: ranges)
    return (
      try Onnx_ModelProto(serializedBytes: Data(file)), file,
      try Exported.file(graph, weights).count
    )
  }

  private func operators(_ model: Onnx_ModelProto) -> [String] { model.graph.node.map(\.opType) }

  @Test func convolutionsBetweenRoundedValues() throws {
    let (model, file, floats) = try model(
      """

        - conv2d: {out_channels: 32, kernel_size: 3, padding: 1}
        - batch_norm2d
        - relu
        - conv2d: {out_channels: 32, kernel_size: 3, padding: 1}
        - relu
        - max_pool2d: 2
        - flatten
        - linear: 10
      """, [8, 8, 8])
    _ = try ONNXCheck.check(file)
    #expect(Double(floats) / Double(file.count) > 3)
    // The input, both activations, the pooled and the flattened values; the output stays a float.
    let names = operators(model)
    #expect(names.count { $0 == "QuantizeLinear" } == 5)
    // Three weights and three biases besides.
    #expect(names.count { $0 == "DequantizeLinear" } == 11)
    let byOutput = Dictionary(
      uniqueKeysWithValues: model.graph.node.flatMap { node in node.output.map { ($0, node) } })
    for node in model.graph.node where ["Conv", "Gemm"].contains(node.opType) {
      for name in node.input { #expect(byOutput[name]?.opType == "DequantizeLinear", "\(name)") }
    }
    // What is only clamped before it is rounded is not rounded twice.
    for node in model.graph.node where node.opType == "Relu" {
      #expect(byOutput[node.input[0]]?.opType == "Conv")
    }
    // Rearranged values keep the numbers of their input.
    let pool = try #require(model.graph.node.first { $0.opType == "MaxPool" })
    let before = try #require(byOutput[pool.input[0]])
    let after = try #require(
      model.graph.node.first { $0.opType == "QuantizeLinear" && $0.input[0] == pool.output[0] })
    #expect(Array(before.input.dropFirst()) == Array(after.input.dropFirst()))
  }

  @Test func weightsAreWithinHalfAStepAndBiasesInTheirProduct() throws {
    func value(_ index: Int) -> Float { Float((index * 7919) % 1009) / 100 - 5 }
    let (model, _, _) = try model("[linear: 3]", [400], weight: value)
    let constants = Dictionary(
      uniqueKeysWithValues: model.graph.initializer.map { ($0.name, $0) })
    func floats(_ name: String) throws -> [Float] {
      try #require(constants[name]).rawData.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }
    let gemm = try #require(model.graph.node.first { $0.opType == "Gemm" })
    let weight = try #require(model.graph.node.first { $0.output[0] == gemm.input[1] })
    let integers = try #require(constants[weight.input[0]])
    #expect(integers.dataType == 3)
    let scales = try floats(weight.input[1])
    #expect(scales.count == 3)
    for (index, byte) in integers.rawData.enumerated() {
      let scale = scales[index / 400]
      let restored = Float(Int8(bitPattern: byte)) * scale
      #expect(abs(restored - value(index)) <= scale * 0.50001)
    }
    for channel in 0..<3 {
      let largest = (0..<400).map { abs(value(channel * 400 + $0)) }.max() ?? 0
      #expect(abs(scales[channel] * 64 - largest) < 1e-5)
    }
    let bias = try #require(model.graph.node.first { $0.output[0] == gemm.input[2] })
    let steps = try floats(bias.input[1])
    let whole = try #require(constants[bias.input[0]])
    #expect(whole.dataType == 6)
    let numbers = whole.rawData.withUnsafeBytes { Array($0.bindMemory(to: Int32.self)) }
    // The input's range is from -1 to 1.
    for channel in 0..<3 {
      #expect(abs(steps[channel] - scales[channel] * 2 / 255) < 1e-9)
      #expect(abs(Float(numbers[channel]) * steps[channel] - value(channel)) <= steps[channel])
    }
    let rounding = try #require(model.graph.node.first { $0.opType == "QuantizeLinear" })
    #expect(try floats(rounding.input[1]) == [2.0 / 255])
    // 1 divided by the step is 127.5 but for the rounding of the step.
    let zero = try #require(constants[rounding.input[2]]).rawData
    #expect(zero == Data([127]) || zero == Data([128]))
  }

  @Test func sumsOfBranchesAreRoundedButThoseOfTransformersAreNot() throws {
    let branches = """

        - conv2d: {out_channels: 8, kernel_size: 3, padding: 1}
        - conv2d: {out_channels: 8, kernel_size: 3, padding: 1}
        - add:
          from: [0, 1]
        - relu
        - global_avg_pool
        - linear: 3
      """
    let (model, file, _) = try model(branches, [4, 6, 6])
    _ = try ONNXCheck.check(file)
    let sum = try #require(model.graph.node.first { $0.opType == "Add" })
    #expect(sum.input.allSatisfy { $0.hasSuffix("_rounded") })
    let (other, otherFile, _) = try self.model(
      """

        - linear: 8
        - layer_norm
        - linear: 8
        - add:
          from: [1, 2]
        - linear: 3
      """, [5, 8])
    _ = try ONNXCheck.check(otherFile)
    let names = operators(other)
    #expect(names.contains("LayerNormalization"))
    #expect(names.count { $0 == "QuantizeLinear" } == 3)
  }

  @Test func aConstantValueAndAChannelOfZerosHaveAScale() throws {
    let graph = try Exported.graph("[linear: 2, relu, linear: 2]", [[3]])
    let weights = graph.parameters.map {
      Exported.entry($0.name, $0.spec.shape, Array(repeating: 0, count: $0.spec.count))
    }
    var ranges: [Graph.Source: ActivationRange] = [.input(0): .init(lower: 0, upper: 0)]
    for index in graph.nodes.indices { ranges[.node(index)] = .init(lower: 0, upper: 0) }
    let file = try Exported.file(graph, weights, ranges: ranges)
    _ = try ONNXCheck.check(file)
    let model = try Onnx_ModelProto(serializedBytes: Data(file))
    let scales = model.graph.initializer.filter { $0.dataType == 1 }.flatMap { tensor in
      tensor.rawData.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }
    #expect(!scales.isEmpty)
    #expect(scales.allSatisfy { $0 > 0 && $0.isFinite })
  }
}
