import Diagnostics
import ExperimentConfig
import Foundation
import Graph
import PyTorchExport
import Testing
import Weights

/// Every layer in Python, alone, with a name and in a sequence. `make test-pytorch` compares the values with PyTorch's.
@Suite struct LayerPythonTests {
  static let layers = LayerRegistry.standard.schemas.map(\.name).filter { $0 != "torchscript" }

  @Test(arguments: layers) func everyLayerHasItsParameters(layer: String) throws {
    for (number, item) in try LayerCase.all(of: layer).enumerated() {
      // A model reads all its inputs, which these do not.
      if layer == "parameter" || (layer == "upsample" && item.inputs.count > 1) { continue }
      if layer == "concat", item.inputs.count == 1 { continue }
      let arguments = String(decoding: try JSONText.encode(item.arguments), as: UTF8.self)
      let shapes = item.inputs.map { Array($0.shape.dropFirst()) }
      let names = shapes.indices.map { "input\($0)" }.joined(separator: ", ")
      try check(
        "layer-\(layer)-\(number)",
        "\n  - \(layer): \(arguments)\n    from: [\(names)]\n    name: layer",
        "layer", shapes, item, layer)
      if shapes.count == 1 {
        try check(
          "sequence-\(layer)-\(number)", "\n  - \(layer): \(arguments)", "0", shapes, item, layer)
      }
    }
  }

  private func check(
    _ name: String, _ text: String, _ path: String, _ shapes: [[Int]], _ item: LayerCase,
    _ layer: String
  ) throws {
    let model: Python.Model
    do {
      model = try Python.model(text, shapes)
    } catch {
      Issue.record("\(name) (\(item.name)): \(error)")
      return
    }
    let python = try model.python()
    let tensors = item.parameters.merging(item.buffers) { first, _ in first }
      .filter { $0.key != "num_batches_tracked" }
    #expect(
      Set(tensors.keys.map { $0.isEmpty ? path : "\(path).\($0)" })
        == python.parameters.filter { !$0.hasSuffix("num_batches_tracked") })
    // What training does is not exported.
    if item.training { return }
    let weights =
      tensors.map {
        Python.entry($0.key.isEmpty ? path : "\(path).\($0.key)", $0.value.shape, $0.value.floats)
      } + Python.counters(model.graph)
    try Python.write(
      name, python, weights, inputs: item.inputs.map(\.floats), shapes: item.inputs.map(\.shape),
      expected: item.output.data, tolerance: 2e-6,
      dependsOnBatch: layer.hasPrefix("batch_norm") && item.buffers.isEmpty)
  }
}
