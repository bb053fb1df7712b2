import Torch

/// The score that is explained, as a function of the model's output.
package struct AttributionTarget {
  /// From the output for several variants of one input to the score of each, [count]. Gradients flow through it.
  package let score: (_ output: Tensor) throws -> Tensor

  /// A weighted sum of the output.
  ///
  /// - Parameter weights: has the shape of the output for one input, [1, …].
  package init(weights: Tensor) {
    score = { output in
      let product = try output.mul(weights)
      return try product.sum(Array(1..<product.dim))
    }
  }

  private init(score: @escaping (Tensor) throws -> Tensor) { self.score = score }

  /// One column of the output [count, columns]: the score of a class before softmax, or a number.
  package static func column(_ index: Int) -> AttributionTarget {
    AttributionTarget { output in
      try output.narrow(dim: 1, start: index, length: 1).reshape([output.shape[0]])
    }
  }

  /// The mean score of a class over the pixels that the model gives this class.
  ///
  /// - Parameter output: of the input that is explained, [1, classes, height, width]. Its pixels are meant for all
  ///   variants of the input.
  /// - Returns: `nil` if no pixel has the class.
  package static func region(_ label: Int, in output: Tensor) throws -> AttributionTarget? {
    let shape = output.shape
    guard shape.count == 4, shape[0] == 1, (0..<shape[1]).contains(label) else {
      throw TorchError(
        operation: "region", message: "class \(label) does not fit an output of \(shape)")
    }
    let found = try output.detach().max(dim: 1).indices.integers().map { $0 == label }
    let count = found.count { $0 }
    if count == 0 { return nil }
    let weights = try Tensor(
      found.map { $0 ? 1 / Float(count) : 0 }, shape: [1, shape[2], shape[3]],
      device: output.device
    ).to(output.dtype)
    return AttributionTarget { output in
      try output.narrow(dim: 1, start: label, length: 1)
        .reshape([output.shape[0], shape[2], shape[3]]).mul(weights).sum([1, 2])
    }
  }

  /// The score of a box: the root of the product of its class's probability and its centerness.
  ///
  /// - Parameters:
  ///   - output: of the input that is explained, [1, points, classes + 5], as FCOS gives it.
  ///   - label: the class of the box.
  ///   - found: the score of the box, by which its point is found.
  package static func box(
    _ label: Int, score found: Double, in output: Tensor
  ) throws
    -> AttributionTarget
  {
    let shape = output.shape
    guard shape.count == 3, shape[0] == 1, (0..<(shape[2] - 5)).contains(label) else {
      throw TorchError(operation: "box", message: "class \(label) does not fit \(shape)")
    }
    /// Of all points of an output, or those that it was narrowed to, [count · points].
    func scores(_ output: Tensor) throws -> Tensor {
      func probability(_ column: Int) throws -> Tensor {
        try output.narrow(dim: 2, start: column, length: 1).sigmoid()
      }
      return try probability(label).mul(probability(shape[2] - 1)).sqrt().reshape([-1])
    }
    let all = try scores(output.detach()).doubles()
    let point = all.indices.min { abs(all[$0] - found) < abs(all[$1] - found) } ?? 0
    return AttributionTarget { output in
      try scores(output.narrow(dim: 1, start: point, length: 1))
    }
  }
}
