import ExperimentConfig
import Planning
import Torch
import Training

/// Every optimizer on a device, against the CPU.
package enum OptimizerChecks {
  private static let shapes = [[32, 16], [16], [8, 3, 3, 3]]

  package static func all(on device: Device) -> [CheckResult] {
    OptimizerRegistry.schemas.map { schema in
      let name = "optimizer \(schema.name)"
      if device == .cpu { return .needsDevice(name) }
      return .of(name) { try check(name, schema.name, on: device) }
    }
  }

  private static func check(
    _ name: String, _ optimizer: String, on device: Device
  ) throws -> CheckResult {
    let (values, state) = try parameters(after: 5, optimizer, on: device)
    let (expected, _) = try parameters(after: 5, optimizer, on: .cpu)
    var difference = Difference()
    difference.add(values, expected)
    let elsewhere = state.filter { $0.tensor.device != device }
    if let first = elsewhere.first {
      return CheckResult(
        name, .failed, "its state '\(first.name)' is on \(first.tensor.device), not on \(device)")
    }
    return CheckResult(
      name, difference.largest, limit: 1e-5,
      "5 steps, \(state.count) state tensors on \(device), largest difference")
  }

  /// The values of three parameters, and the optimizer's state.
  static func parameters(
    after steps: Int, _ name: String, on device: Device
  ) throws -> (values: [Double], state: [(name: String, tensor: Tensor)]) {
    let plan = try CheckedTraining.plan(
      "{data: {dataset: digits}, model: [flatten, linear: 10], optimizer: \(name)}")
    let definition = plan.experiment.optimizer
    // Muon orthogonalises matrices and leaves all else to another optimizer.
    let shapes = if case .muon = definition.rule { [[32, 16], [16, 48]] } else { Self.shapes }
    let parameters = try shapes.map { try numbers($0, seed: 1, on: device) }
    for parameter in parameters { try parameter.setRequiresGrad(true) }
    let optimizer = try Optimizer(definition, groups: [Optimizer.Group(parameters)])
    for step in 1...steps {
      for (place, parameter) in parameters.enumerated() {
        try parameter.setGrad(numbers(shapes[place], seed: step + 1, on: device))
      }
      try optimizer.step()
    }
    return (try parameters.flatMap { try $0.detach().doubles() }, optimizer.state)
  }

  /// Numbers from -1 to 1 that repeat after some hundred.
  private static func numbers(_ shape: [Int], seed: Int, on device: Device) throws -> Tensor {
    let values = (0..<shape.reduce(1, *)).map { Float(($0 * 37 + seed * 101) % 257 - 128) / 128 }
    return try Tensor(values, shape: shape, device: device)
  }
}
