import Graph
import Randomness
import Torch

/// The values that parameters start from.
enum Initialization {
  static func tensor(
    for parameter: Graph.Parameter, seed: UInt64, fold: Int, dtype: ScalarType, device: Device
  ) throws -> Tensor {
    let spec = parameter.spec
    let type = spec.role == .counter ? ScalarType.int64 : dtype
    switch spec.initializer {
    case .zeros: return try Tensor.zeros(spec.shape, dtype: type, device: device)
    case .ones: return try Tensor.ones(spec.shape, dtype: type, device: device)
    case .uniform(let fanIn):
      let stream = RandomStream(
        seed: seed, purpose: .initialization, fold: fold,
        unit: StableHash.fnv1a(parameter.name))
      let bound = 1 / Float(fanIn).squareRoot()
      var values = [Float](repeating: 0, count: spec.count)
      values.withUnsafeMutableBufferPointer { stream.fill(symmetricUniforms: $0, bound: bound) }
      return try Tensor(values, shape: spec.shape, device: device).to(type)
    }
  }
}
