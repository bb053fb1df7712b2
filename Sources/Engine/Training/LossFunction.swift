import Tasks
import Torch

/// Computes an objective on tensors, as PyTorch does.
package struct LossFunction {
  package let objective: Objective
  /// The class indices 0, 1, 2, …; `nil` if the loss uses no one-hot targets.
  private let classNumbers: Tensor?
  /// Positive weights as tensors, one weight per column.
  private let weights: [[Double]: Tensor]
  private let dtype: ScalarType

  /// - Parameter width: outputs per example.
  package init(
    _ objective: Objective, width: Int, device: Device, dtype: ScalarType = .float32
  ) throws {
    self.objective = objective
    self.dtype = dtype
    classNumbers =
      objective.values.isOneHot
      ? try Tensor((0..<width).map(Int64.init), shape: [1, width], device: device) : nil
    var weights: [[Double]: Tensor] = [:]
    for list in objective.values.positiveWeights {
      weights[list] = try Tensor(list.map { Float($0) }, shape: [list.count], device: device)
        .to(dtype)
    }
    self.weights = weights
  }

  package var link: ScoreLink { objective.link }

  /// The label smoothing of a plain cross-entropy; `nil` for other losses.
  var smoothing: Double? { objective.crossEntropySmoothing }

  /// The loss to minimise: the mean over the batch.
  ///
  /// - Parameters:
  ///   - outputs: [examples, width].
  ///   - targets: [examples] class indices as int64, or [examples, width] numbers.
  package func callAsFunction(_ outputs: Tensor, _ targets: Tensor) throws -> Tensor {
    try compute(objective.values, .mean, outputs, targets)
  }

  /// The loss of each example, so that the sum over a data set does not depend on the batch size.
  package func perExample(_ outputs: Tensor, _ targets: Tensor) throws -> [Float] {
    let values = try compute(objective.values, .none, outputs, targets)
    return try values.shape.count > 1 ? values.mean([1]).floats() : values.floats()
  }

  /// - Parameter reduction: applied to the operation's result; its operands are never reduced.
  private func compute(
    _ operation: Objective.Operation, _ reduction: LossReduction, _ outputs: Tensor,
    _ targets: Tensor
  ) throws -> Tensor {
    func part(_ operation: Objective.Operation) throws -> Tensor {
      try compute(operation, .none, outputs, targets)
    }
    let values: Tensor
    switch operation {
    case .crossEntropy(let scores, let classes, let smoothing):
      return try part(scores).crossEntropy(
        target: part(classes), labelSmoothing: smoothing, reduction: reduction)
    case .squaredError(let a, let b):
      return try part(a).mseLoss(target: part(b), reduction: reduction)
    case .binaryCrossEntropy(let scores, let labels, let weights):
      return try part(scores).bceWithLogitsLoss(
        target: part(labels), positiveWeights: self.weights[weights], reduction: reduction)
    case .outputs: values = outputs
    case .targets: values = targets
    case .oneHot(let classes): values = try oneHot(part(classes))
    case .sum(let a, let b): values = try part(a).add(part(b))
    case .difference(let a, let b): values = try part(a).sub(part(b))
    case .product(let a, let b): values = try part(a).mul(part(b))
    case .scaled(let a, let factor): values = try part(a).mul(factor)
    case .absolute(let a): values = try part(a).abs()
    case .capped(let a, let limit): values = try part(a).clamped(to: limit)
    }
    return reduction == .mean ? try values.mean() : values
  }

  /// One-hot targets of a batch. They are built per batch, since a table of all classes would have classes²
  /// entries.
  private func oneHot(_ classes: Tensor) throws -> Tensor {
    guard let classNumbers else {
      throw TorchError(operation: "one-hot targets", message: "this loss takes class numbers")
    }
    return try classes.unsqueeze(1).eq(classNumbers).to(dtype)
  }
}

@available(*, unavailable)
extension LossFunction: Sendable {}

extension Objective.Operation {
  /// The operations that it is composed of.
  private var parts: [Objective.Operation] {
    switch self {
    case .outputs, .targets: []
    case .oneHot(let a), .scaled(let a, _), .absolute(let a), .capped(let a, _): [a]
    case .sum(let a, let b), .difference(let a, let b), .product(let a, let b),
      .squaredError(let a, let b), .crossEntropy(let a, let b, _),
      .binaryCrossEntropy(let a, let b, _):
      [a, b]
    }
  }

  fileprivate var isOneHot: Bool {
    if case .oneHot = self { true } else { parts.contains(where: \.isOneHot) }
  }

  /// The positive weights of this operation and its parts.
  fileprivate var positiveWeights: [[Double]] {
    if case .binaryCrossEntropy(_, _, let weights) = self, !weights.isEmpty { return [weights] }
    return parts.flatMap(\.positiveWeights)
  }
}
