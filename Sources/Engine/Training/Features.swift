import FeatureCache
import Graph
import Torch

/// A frozen prefix's output for every example of a data set.
package struct Features {
  package let prefix: FrozenPrefix
  /// The shape of one example's features.
  private let shape: [Int]
  private let values: Values

  private enum Values {
    case stored(FeatureMatrix)
    /// The fallback when the store is not usable: rows in row-major order.
    case inMemory([Float])
  }

  package init(_ matrix: FeatureMatrix, _ prefix: FrozenPrefix, shape: [Int]) {
    self.prefix = prefix
    self.shape = shape
    values = .stored(matrix)
  }

  package init(inMemory values: [Float], _ prefix: FrozenPrefix, shape: [Int]) {
    self.prefix = prefix
    self.shape = shape
    self.values = .inMemory(values)
  }

  /// The rows at `indices`, [batch, …].
  func batch(_ indices: some Collection<Int>, device: Device) throws -> Tensor {
    let width = shape.reduce(1, *)
    var rows = [Float](repeating: 0, count: indices.count * width)
    try rows.withUnsafeMutableBufferPointer { try gather(indices, into: $0) }
    return try Tensor(rows, shape: [indices.count] + shape, device: device)
  }

  /// Copies the rows at `indices` into `buffer`, which holds exactly these rows.
  func gather(
    _ indices: some Collection<Int>, into buffer: UnsafeMutableBufferPointer<Float>
  ) throws {
    let width = shape.reduce(1, *)
    switch values {
    case .stored(let matrix): try matrix.gather(indices, into: buffer)
    case .inMemory(let all):
      for (place, index) in indices.enumerated() {
        for column in 0..<width { buffer[place * width + column] = all[index * width + column] }
      }
    }
  }
}
