import Graph
import Torch

extension Lowering {
  static func reduce(
    _ input: Tensor, _ reduction: Operation.Reduction, _ dims: [Int], _ keepsDims: Bool
  ) throws -> Tensor {
    switch reduction {
    case .mean: try input.mean(dims, keepDims: keepsDims)
    case .sum: try input.sum(dims, keepDims: keepsDims)
    case .max: try input.amax(dims, keepDims: keepsDims)
    }
  }

  /// Zeroes each example, or the whole batch, with probability `p`, with a mask from this program's stream.
  static func stochasticDepth(
    _ input: Tensor, p: Double, wholeBatch: Bool, path: String, _ training: TrainingStep
  ) throws -> Tensor {
    var shape = input.shape.map { _ in 1 }
    if !wholeBatch { shape[0] = input.shape[0] }
    return try masked(input, shape, p: p, path: path, training)
  }
}
