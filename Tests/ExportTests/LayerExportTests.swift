import ExperimentConfig
import Export
import Foundation
import Graph
import Testing

/// Every layer as ONNX. The structure is checked here; `make test-onnx` compares the values with PyTorch's.
@Suite struct LayerExportTests {
  private struct Golden: Decodable {
    struct Values: Decodable {
      let shape: [Int]
      let data: [Double]
      var floats: [Float] { data.map { Float($0) } }
    }

    struct Case: Decodable {
      let name: String
      let arguments: JSONValue
      let inputs: [Values]
      let parameters: [String: Values]
      let buffers: [String: Values]
      let training: Bool
      let output: Values
    }

    let cases: [Case]
  }

  static let layers = LayerRegistry.standard.schemas.map(\.name).filter { $0 != "torchscript" }

  @Test(arguments: layers) func theFileIsValidAndHasTheOutputOfTheLayer(layer: String) throws {
    let golden = try JSONDecoder().decode(
      Golden.self,
      from: Data(contentsOf: Exported.fixtures.appending(path: "layers/\(layer).json")))
    for (number, item) in golden.cases.enumerated() {
      // A model reads all its inputs, which these do not; models with such layers are tested as a whole.
      if layer == "parameter" || (layer == "upsample" && item.inputs.count > 1) { continue }
      if layer == "concat", item.inputs.count == 1 { continue }
      let graph: Graph
      let shapes = item.inputs.map { Array($0.shape.dropFirst()) }
      do {
        let arguments = String(decoding: try JSONText.encode(item.arguments), as: UTF8.self)
        let names = shapes.indices.map { "input\($0)" }.joined(separator: ", ")
        graph = try Exported.graph(
          "\n  - \(layer): \(arguments)\n    from: [\(names)]\n    name: layer", shapes)
      } catch {
        Issue.record("\(layer)/\(item.name): \(error)")
        continue
      }
      let tensors = item.parameters.merging(item.buffers) { first, _ in first }
      let weights = tensors.map {
        Exported.entry(
          $0.key.isEmpty ? "layer" : "layer.\($0.key)", $0.value.shape, $0.value.floats)
      }
      let file = try Exported.file(graph, weights)
      let summary = try ONNXCheck.check(file)
      let output = ONNXType(.float, batchOf: Array(item.output.shape.dropFirst()))
      #expect(summary.outputs == ["values": output.description], "\(item.name)")
      #expect(summary.opset == Exported.opset)
      // What training does is not exported.
      if item.training { continue }
      let name = "layer-\(layer)-\(number)"
      var inputs: [String: Exported.Case.Input] = [:]
      for (place, values) in item.inputs.enumerated() where summary.inputs["input\(place)"] != nil {
        inputs["input\(place)"] = try Exported.input(
          "\(name)-\(place)", values.shape, values.floats)
      }
      try Exported.write(
        name, file,
        Exported.Case(
          inputs: inputs, output: "values", expected: item.output.data, stride: 1, tolerance: 2e-6,
          dependsOnBatch: layer.hasPrefix("batch_norm") && item.buffers.isEmpty))
    }
  }
}
