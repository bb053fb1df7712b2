import Torch
import Training

/// Layers and losses in float32 on a device, against PyTorch's results in float64 on the CPU.
package enum GoldenChecks {
  /// Rounding of float32 in sums of some hundred products.
  package static let limit = 1e-4

  /// All cases of a layer, forward and backward.
  ///
  /// - Parameter folder: `Tests/Fixtures/layers`.
  package static func layer(_ name: String, in folder: String, on device: Device) -> CheckResult {
    .of("layer \(name)") {
      let golden = try LayerGolden(name, in: folder)
      var difference = Difference()
      var refused = 0
      for item in golden.cases {
        do {
          try add(item, of: name, on: device, to: &difference)
        } catch let error as TorchError where isRefused(error, name, on: device) {
          refused += 1
        }
      }
      let result = CheckResult(
        "layer \(name)", difference.largest, limit: limit,
        "\(golden.cases.count) cases, largest difference")
      if refused == 0 { return result }
      return CheckResult(
        result.name, result.outcome,
        result.detail + "; \(refused) without a deterministic gradient, which 'runner' refuses")
    }
  }

  /// Windows of different sizes have no deterministic gradient on CUDA; see `Plan.check(device:)`.
  private static func isRefused(_ error: TorchError, _ layer: String, on device: Device) -> Bool {
    guard case .cuda = device, layer.hasPrefix("adaptive_") else { return false }
    return error.message.contains("deterministic")
  }

  private static func add(
    _ item: LayerGolden.Case, of layer: String, on device: Device, to difference: inout Difference
  ) throws {
    let run = try LayerRun(layer, item, dtype: .float32, device: device)
    let output = try run.forward(run.inputs)
    difference.add(try output.detach().doubles(), item.output.data)
    try output.backward(gradient: item.gradOutput.tensor(dtype: .float32, device: device))
    for (input, expected) in zip(run.inputs, item.gradInputs) {
      // An input that is not differentiable has none, and PyTorch says zero.
      let gradient = try input.grad() ?? Tensor.zeros(input.shape)
      difference.add(try gradient.doubles(), expected.data)
    }
    for (name, expected) in item.gradParameters {
      guard let gradient = try run.parameter(name).grad() else {
        throw TorchError(operation: item.name, message: "\(name) has no gradient")
      }
      difference.add(try gradient.doubles(), expected.data)
    }
    for (name, expected) in item.buffersAfter {
      difference.add(try run.parameter(name).doubles(), expected.data)
    }
  }

  /// A loss and its gradient with respect to the outputs.
  package static func loss(_ item: LossCase, on device: Device) -> CheckResult {
    let name = "loss \(item.title)"
    return .of(name) {
      let outputs = try item.outputs(0..<item.rows).to(device)
      try outputs.setRequiresGrad(true)
      let value = try item.function(on: device)(outputs, item.targets(0..<item.rows).to(device))
      try value.backward()
      guard let gradient = try outputs.grad() else {
        throw TorchError(operation: item.loss, message: "there is no gradient")
      }
      var difference = Difference()
      difference.add([try value.item()], [item.value])
      difference.add(try gradient.doubles(), item.gradient.map(Double.init))
      return CheckResult(name, difference.largest, limit: limit, "largest difference")
    }
  }
}
