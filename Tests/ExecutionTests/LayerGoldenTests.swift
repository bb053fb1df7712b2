import DeviceChecks
import ExperimentConfig
import FoundationEssentials
import Graph
import Testing
import Torch

/// Every layer against PyTorch in float64: output, gradients and running statistics.
@Suite struct LayerGoldenTests {
  /// What a TorchScript file computes is tested by ScriptModuleTests.
  static let layers = LayerGolden.layers

  @Test(arguments: layers) func equalsPyTorch(layer: String) throws {
    let golden = try LayerGolden.load(layer)
    #expect(golden.cases.count >= 1)
    for item in golden.cases {
      let run = try LayerRun(layer, item)
      let output = try run.forward(run.inputs)
      #expect(output.shape == item.output.shape, "\(item.name)")
      #expect(try distance(output, item.output) <= 1e-12, "\(item.name): output")

      try output.backward(gradient: item.gradOutput.tensor())
      for (input, expected) in zip(run.inputs, item.gradInputs) {
        // An input that is not differentiable, such as integers, has none, and PyTorch says zero.
        let gradient = try input.grad() ?? Tensor.zeros(input.shape, dtype: .float64)
        #expect(try distance(gradient, expected) <= 1e-10, "\(item.name): input gradient")
      }
      for (name, expected) in item.gradParameters {
        let gradient = try #require(try run.parameters[name]?.grad(), "\(item.name)")
        #expect(try distance(gradient, expected) <= 1e-10, "\(item.name): gradient of \(name)")
      }
      for (name, expected) in item.buffersAfter {
        let buffer = try #require(run.parameters[name], "\(item.name)")
        #expect(try distance(buffer, expected) <= 1e-12, "\(item.name): \(name) afterwards")
      }
    }
  }

  @Test(arguments: layers) func declaresTheParametersOfPyTorch(layer: String) throws {
    for item in try LayerGolden.load(layer).cases {
      let plan = try LayerGolden.plan(
        layer, item.arguments, inputs: item.inputs.map(\.shape))
      let declared = Dictionary(
        uniqueKeysWithValues: plan.parameters.map { ($0.name, $0.shape) })
      let expected = item.parameters.merging(item.buffers) { first, _ in first }.mapValues(\.shape)
      #expect(declared == expected, "\(item.name)")
    }
  }

  /// Central differences of sum(output · weights) in every direction that has a derivative there, of inputs and
  /// of parameters.
  @Test(arguments: layers) func gradientEqualsFiniteDifferences(layer: String) throws {
    var compared = 0
    for item in try LayerGolden.load(layer).cases {
      let run = try LayerRun(layer, item)
      try run.forward(run.inputs).backward(gradient: item.gradOutput.tensor())
      for (place, values) in item.differentiated {
        // Integers have no gradient, nor has an input of which only the size counts.
        guard let gradient = try run.leaf(place).grad()?.doubles() else { continue }
        let step = max(1, values.data.count / 6)
        for element in Swift.stride(from: 0, to: values.data.count, by: step) {
          // The row of an embedding that is padding has a gradient of zero by definition.
          if layer == "embedding", gradient[element] == 0 { continue }
          func value(_ change: Double) throws -> Double {
            var data = values.data
            data[element] += change
            let changed = try run.replacing(place, by: Tensor(data, shape: values.shape), in: item)
            return try withNoGrad { () throws -> Double in
              try changed.forward(changed.inputs).mul(item.gradOutput.tensor()).sum().item()
            }
          }
          let epsilon = 1e-5
          let (low, middle, high) = (try value(-epsilon), try value(0), try value(epsilon))
          let (left, right) = ((middle - low) / epsilon, (high - middle) / epsilon)
          // At a kink (ReLU at zero, equal values in a max pool) there is no derivative to compare.
          if abs(left - right) > 1e-2 * max(1, abs(left)) { continue }
          let numeric = (high - low) / (2 * epsilon)
          #expect(
            abs(numeric - gradient[element]) <= 1e-6 * max(1, abs(numeric)),
            "\(item.name) \(place) element \(element)")
          compared += 1
        }
      }
    }
    #expect(compared > 0)
  }

  private func distance(_ tensor: Tensor, _ expected: LayerGolden.Values) throws -> Double {
    let values = try tensor.detach().doubles()
    guard values.count == expected.data.count else { return .infinity }
    return zip(values, expected.data).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
  }
}

extension LayerGolden {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/layers")

  static func load(_ layer: String) throws -> LayerGolden {
    try LayerGolden(layer, in: folder.path)
  }
}
