import Randomness
import Torch

/// Random masks and the precision of products.
package enum ArithmeticChecks {
  /// Masks that the device computes, against those of the CPU's generator, bit by bit.
  package static func masks(on device: Device) -> CheckResult {
    .of("dropout masks") {
      var (values, different) = (0, 0)
      for (place, shape) in [[1], [7], [64, 128], [3, 5, 1, 1], [129, 33], [250_001]].enumerated() {
        for p in [0, 0.1, 0.2, 0.5, 0.9, 1] as [Float] {
          let stream = RandomStream(seed: 0xFFFF_FFFF_0000_0001, purpose: .dropout, step: place)
          let count = shape.reduce(1, *)
          var expected = [Float](repeating: 0, count: count)
          expected.withUnsafeMutableBufferPointer { stream.fill(dropoutMask: $0, p: p) }
          let made = try Tensor.dropoutMask(
            key: .randomKey(stream.key, device: device),
            threshold: RandomStream.dropoutThreshold(p: p), scale: RandomStream.dropoutScale(p: p),
            shape: shape)
          guard made.shape == shape, made.device == device else {
            throw TorchError(operation: "masks", message: "\(made.shape) on \(made.device)")
          }
          values += count
          different += zip(try made.floats(), expected).count { $0.bitPattern != $1.bitPattern }
        }
      }
      return CheckResult(
        "dropout masks", different == 0 ? .ok : .failed,
        "\(different) of \(values) values differ from the CPU's in any bit")
    }
  }

  /// Products of float32 matrices, which are as exact as the factors unless TF32 is allowed.
  package static func tf32(on device: Device) -> CheckResult {
    guard case .cuda = device else { return .needsDevice("precision tf32") }
    return .of("precision tf32") {
      let errors = Result {
        (
          exact: try productError(on: device, allowsTF32: false),
          rounded: try productError(on: device, allowsTF32: true)
        )
      }
      // The checks that follow need full precision, whatever happened here.
      try Runtime.setDeterministic(true)
      let (exact, rounded) = try errors.get()
      // The factors keep 10 bits of their mantissa: errors of up to 2^-11 each, which average out in a sum.
      let isRight = exact <= 1e-5 && rounded <= 2e-3
      let note = rounded > 10 * exact ? "" : "; this device computes no products in TF32"
      return CheckResult(
        "precision tf32", isRight ? .ok : .failed,
        "error of a product \(CheckResult.short(exact)) without and "
          + "\(CheckResult.short(rounded)) with TF32, relative to the largest value\(note)")
    }
  }

  private static func productError(on device: Device, allowsTF32: Bool) throws -> Double {
    try Runtime.setDeterministic(true, allowTF32: allowsTF32)
    let size = 512
    func matrix(_ unit: UInt64) throws -> Tensor {
      var values = [Float](repeating: 0, count: size * size)
      let stream = RandomStream(seed: 1, purpose: .initialization, unit: unit)
      values.withUnsafeMutableBufferPointer { stream.fill(normals: $0) }
      return try Tensor(values, shape: [size, size])
    }
    let (left, right) = (try matrix(1), try matrix(2))
    let expected = try left.to(.float64).matmul(right.to(.float64)).doubles()
    let largest = expected.lazy.map(abs).max() ?? 1
    let values = try left.to(device).matmul(right.to(device)).doubles()
    return zip(values, expected).map { abs($0 - $1) / largest }.max() ?? .infinity
  }
}
