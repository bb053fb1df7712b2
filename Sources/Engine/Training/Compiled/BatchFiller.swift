import CKernels
import DataSchema
import Torch
import Transforms

/// Gathers batches of examples into memory. In-memory bytes are converted to floats through a lookup table in
/// the same pass, bit-identical to `to_tensor` and `normalize`.
final class BatchFiller {
  private let examples: ExampleSet
  private let kernels: ck_kernels
  private let resident: Resident?

  private struct Resident {
    let pixels: UnsafePointer<UInt8>
    let rowSize: Int
    let channels: Int
    /// The lookup table: a float for each byte value, channel by channel.
    let tables: [Float]
  }

  init(_ examples: ExampleSet, kernels: ck_kernels) throws {
    self.examples = examples
    self.kernels = kernels
    guard case .resident(let tensor, let steps) = examples.storage, steps.channels == nil,
      let pixels = try tensor.byteMemory().baseAddress
    else {
      resident = nil
      return
    }
    let shape = tensor.shape
    let rowSize = shape.dropFirst().reduce(1, *)
    resident = Resident(
      pixels: pixels, rowSize: rowSize, channels: shape[1],
      tables: steps.tables(channels: shape[1]))
  }

  /// Whether several threads may fill batches at the same time.
  var isThreadSafe: Bool { resident != nil }

  /// Writes the examples at `indices`, one after another.
  func fill(
    _ indices: ArraySlice<Int>, augmenting: Augmentation?,
    inputs: UnsafeMutableBufferPointer<Float>
  ) throws {
    for index in indices where index < 0 || index >= examples.count {
      throw TorchError(operation: "batch", message: "there is no example \(index)")
    }
    guard let resident, let target = inputs.baseAddress else {
      try examples.fill(Array(indices), augmenting: augmenting, into: inputs)
      return
    }
    indices.withUnsafeBufferPointer { indices in
      indices.withMemoryRebound(to: Int64.self) { rows in
        resident.tables.withUnsafeBufferPointer { tables in
          kernels.gather(
            resident.pixels, resident.rowSize, resident.channels, tables.baseAddress,
            rows.baseAddress, rows.count, target)
        }
      }
    }
  }
}

@available(*, unavailable)
extension BatchFiller: Sendable {}
