import Execution
import Graph
import Torch

/// One case of a golden file, ready to be computed.
package struct LayerRun {
  package private(set) var inputs: [Tensor]
  package private(set) var parameters: [String: Tensor]
  private let operation: Operation
  private let isTraining: Bool
  private let dtype: ScalarType
  private let device: Device

  package init(
    _ layer: String, _ item: LayerGolden.Case, dtype: ScalarType = .float64, device: Device = .cpu
  ) throws {
    self.dtype = dtype
    self.device = device
    operation =
      try LayerGolden.plan(layer, item.arguments, inputs: item.inputs.map(\.shape)).operation
    inputs = try item.inputs.map {
      try $0.tensor(requiresGrad: true, dtype: dtype, device: device)
    }
    parameters = try item.parameters.mapValues {
      try $0.tensor(requiresGrad: true, dtype: dtype, device: device)
    }
    isTraining = item.training
    try resetBuffers(item)
  }

  /// Buffers as they were before any forward pass.
  private mutating func resetBuffers(_ item: LayerGolden.Case) throws {
    for (name, values) in item.buffers {
      let tensor = try values.tensor(dtype: dtype, device: device)
      parameters[name] = name == "num_batches_tracked" ? try tensor.to(ScalarType.int64) : tensor
    }
  }

  /// The same case with another tensor in one place.
  package func replacing(
    _ place: LayerGolden.Case.Place, by tensor: Tensor, in item: LayerGolden.Case
  ) throws -> LayerRun {
    var run = self
    try run.resetBuffers(item)
    switch place {
    case .input(let index): run.inputs[index] = tensor
    case .parameter(let name): run.parameters[name] = tensor
    }
    return run
  }

  /// The tensor in a place.
  package func leaf(_ place: LayerGolden.Case.Place) throws -> Tensor {
    switch place {
    case .input(let index): return inputs[index]
    case .parameter(let name): return try parameter(name)
    }
  }

  /// A parameter or buffer.
  package func parameter(_ name: String) throws -> Tensor {
    guard let tensor = parameters[name] else {
      throw TorchError(operation: "golden", message: "the layer has no \(name)")
    }
    return tensor
  }

  package func forward(_ inputs: [Tensor]) throws -> Tensor {
    try Lowering.apply(
      operation, inputs, parameters: parameters, path: "golden",
      training: isTraining ? TrainingStep(seed: 0, fold: 0, epoch: 1, step: 1) : nil)
  }
}

@available(*, unavailable)
extension LayerRun: Sendable {}
