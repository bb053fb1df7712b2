import ExperimentConfig
import Graph
import Testing

/// Shapes, parameters and refusals of every layer against what PyTorch does.
@Suite struct LayerGoldenTests {
  @Test(arguments: Golden.layers)
  func shapesAndParameters(layer: String) throws {
    let golden = try Golden.read(layer)
    #expect(!golden.cases.isEmpty)
    for item in golden.cases {
      let inputs = item.inputs.map { Shape(Array($0.shape.dropFirst())) }
      let plan: LayerPlan
      do {
        plan = try Built.plan(layer, item.arguments, inputs: inputs)
      } catch {
        Issue.record("\(layer)/\(item.name): \(error)")
        continue
      }
      #expect(plan.output.dims == Array(item.output.shape.dropFirst()), "\(item.name)")
      let named = Dictionary(uniqueKeysWithValues: plan.parameters.map { ($0.name, $0) })
      let expected = item.parameters.merging(item.buffers) { first, _ in first }
      #expect(Set(named.keys) == Set(expected.keys), "\(item.name)")
      for (name, tensor) in expected {
        #expect(named[name]?.shape == tensor.shape, "\(item.name) \(name)")
        #expect((named[name]?.role == .parameter) == (item.parameters[name] != nil))
      }
    }
  }

  @Test(arguments: Golden.layers)
  func whatPyTorchRefusesIsRefused(layer: String) throws {
    for item in try Golden.read(layer).shape_errors {
      // A batch of one example is no business of a layer's; planning refuses it.
      if layer.hasPrefix("batch_norm"), item.training, item.input_shapes[0][0] == 1 { continue }
      let inputs = item.input_shapes.map { Shape(Array($0.dropFirst())) }
      #expect(throws: (any Error).self, "\(layer): \(item.reason)") {
        try Built.plan(layer, item.arguments, inputs: inputs)
      }
    }
  }
}
