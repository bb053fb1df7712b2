import Graph
import Randomness
import Statistics
import Torch

/// The initial values of parameters.
enum Initialization {
  static func tensor(
    for parameter: Graph.Parameter, seed: UInt64, fold: Int, dtype: ScalarType, device: Device
  ) throws -> Tensor {
    let spec = parameter.spec
    let type = spec.role == .counter ? ScalarType.int64 : dtype
    let stream = RandomStream(
      seed: seed, purpose: .initialization, fold: fold, unit: StableHash.fnv1a(parameter.name))
    func drawn(_ fill: (UnsafeMutableBufferPointer<Float>) -> Void) throws -> Tensor {
      var values = [Float](repeating: 0, count: spec.count)
      values.withUnsafeMutableBufferPointer { fill($0) }
      return try Tensor(values, shape: spec.shape, device: device).to(type)
    }
    switch spec.initializer {
    case .zeros: return try Tensor.zeros(spec.shape, dtype: type, device: device)
    case .ones: return try Tensor.ones(spec.shape, dtype: type, device: device)
    case .uniform(let fanIn):
      let bound = 1 / Float(fanIn).squareRoot()
      return try drawn { stream.fill(symmetricUniforms: $0, bound: bound) }
    case .kaimingNormal(let fanOut):
      let deviation = (2 / Float(fanOut)).squareRoot()
      return try drawn { buffer in
        stream.fill(normals: buffer)
        for index in buffer.indices { buffer[index] *= deviation }
      }
    case .constant(let value):
      return try Tensor.full(spec.shape, value, dtype: type, device: device)
    case .symmetricUniform(let bound):
      return try drawn { stream.fill(symmetricUniforms: $0, bound: Float(bound)) }
    case .normal(let std, let zeroRow):
      return try drawn { buffer in
        stream.fill(normals: buffer)
        for index in buffer.indices { buffer[index] *= Float(std) }
        guard let zeroRow, let rows = spec.shape.first, rows > 0 else { return }
        let width = buffer.count / rows
        for index in (zeroRow * width)..<((zeroRow + 1) * width) { buffer[index] = 0 }
      }
    case .file:
      throw TorchError(operation: parameter.name, message: "its value is in the node's file")
    case .truncatedNormal(let std, let lower, let upper):
      return try drawn { buffer in
        // The inverse of the distribution function, as torch.nn.init.trunc_normal_.
        let (low, high) = (Normal.cdf(lower / std), Normal.cdf(upper / std))
        for index in buffer.indices {
          let probability = low + (high - low) * (stream.uniform64(index) + 0x1p-54)
          let value = Normal.quantile(probability) * std
          buffer[index] = Float(min(max(value, lower), upper))
        }
      }
    }
  }
}
