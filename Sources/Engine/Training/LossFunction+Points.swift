import Tasks
import Torch

/// The size of a model's input in pixels.
struct InputSize: Equatable {
  let height: Int
  let width: Int

  /// - Parameter shape: of an input, [channels, height, width]; `nil` if it is none of an image.
  init?(_ shape: [Int]) {
    guard shape.count == 3 else { return nil }
    (height, width) = (shape[1], shape[2])
  }
}

/// Losses of detectors, whose terms are divided by the number of points with a box.
extension LossFunction {
  /// The sums of the terms over the points of each example.
  struct PointSums {
    /// [examples, 3]; a term's column is its place in ``Objective/PointLoss``.
    let values: Tensor
    /// The number of points with a box in each example, [examples], as float32.
    let counts: Tensor

    /// The sum of a term, [examples].
    func of(_ part: Objective.PointLoss) throws -> Tensor {
      let column = Objective.PointLoss.allCases.firstIndex(of: part) ?? 0
      return try values.narrow(dim: 1, start: column, length: 1).reshape([-1])
    }
  }

  /// - Parameters:
  ///   - outputs: [examples, points, classes + 5].
  ///   - targets: [examples, boxes, 5].
  func pointSums(_ outputs: Tensor, _ targets: Tensor) throws -> PointSums {
    let (assigned, size) = try assigned(targets)
    return PointSums(
      values: try outputs.pointLosses(assigned, height: size.height, width: size.width),
      counts: try Self.counts(assigned))
  }

  /// The number of points with a box in a batch.
  ///
  /// - Parameter targets: [examples, boxes, 5].
  package func pointCount(_ targets: Tensor) throws -> Double {
    try Self.counts(assigned(targets).tensor).sum().item()
  }

  /// The loss of a batch whose terms are divided by a number of points.
  ///
  /// - Parameter points: `nil` for the batch's own.
  func pointLoss(_ outputs: Tensor, _ targets: Tensor, points: Double?) throws -> Tensor {
    let sums = try pointSums(outputs, targets)
    let weighted = try scaledSum(sums).sum()
    if let points { return try weighted.div(max(points, 1)) }
    return try weighted.div(sums.counts.sum().clamped(from: 1))
  }

  /// The sum of the terms, each multiplied by its scale, [examples].
  func scaledSum(_ sums: PointSums) throws -> Tensor {
    try sum { term in
      guard case .points(_, _, let part, _) = term.values else { throw Self.isMixed }
      return try sums.of(part)
    }
  }

  private func assigned(_ targets: Tensor) throws -> (tensor: Tensor, size: InputSize) {
    guard case .points(_, _, _, let radius)? = objective.terms.first?.values else {
      throw Self.isMixed
    }
    guard let size = imageSize else {
      throw TorchError(operation: "loss", message: "the size of the model's input is not known")
    }
    let tensor = try targets.assignedToPoints(
      height: size.height, width: size.width, radius: radius)
    return (tensor, size)
  }

  private static func counts(_ assigned: Tensor) throws -> Tensor {
    let labels = try assigned.narrow(dim: 2, start: 0, length: 1).reshape([assigned.shape[0], -1])
    let none = try Tensor(scalar: -1, dtype: labels.dtype, device: labels.device)
    return try labels.eq(none).to(.float32).mul(-1).add(1).sum([1])
  }

  private static var isMixed: TorchError {
    TorchError(operation: "loss", message: "losses of points cannot be summed with others")
  }
}
