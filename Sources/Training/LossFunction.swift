import ExperimentConfig
import Glibc
import Metrics
import Torch

/// The loss of an experiment, as PyTorch computes it.
package struct LossFunction {
  private enum Kind {
    case crossEntropy(labelSmoothing: Double)
    case meanSquaredError
    case binaryCrossEntropy
  }

  private let kind: Kind
  /// What makes probabilities of the scores.
  package let link: ScoreLink
  /// 0, 1, 2, … one number a class; nil where targets are class numbers.
  private let classNumbers: Tensor?
  private let dtype: ScalarType

  package init(
    _ component: ResolvedComponent, classes: Int, device: Device, dtype: ScalarType = .float32
  ) throws {
    switch component.name {
    case "cross_entropy":
      kind = .crossEntropy(labelSmoothing: try component.arguments.number("label_smoothing"))
    case "mse": kind = .meanSquaredError
    case "bce_with_logits": kind = .binaryCrossEntropy
    default: throw TorchError(operation: component.name, message: "there is no such loss")
    }
    link = ScoreLink(loss: component.name)
    self.dtype = dtype
    classNumbers =
      link == .softmax
      ? nil : try Tensor((0..<classes).map(Int64.init), shape: [1, classes], device: device)
  }

  /// 1 for each example's class and 0 for the others. It is made batch by batch: a table of all classes
  /// would have as many entries as the square of their number.
  private func oneHot(_ labels: Tensor) throws -> Tensor {
    guard let classNumbers else {
      throw TorchError(operation: "one-hot targets", message: "this loss takes class numbers")
    }
    return try labels.unsqueeze(1).eq(classNumbers).to(dtype)
  }

  /// The loss of the best model that gives every example the same answer, on examples whose classes have
  /// these shares.
  package func ofConstantAnswer(_ shares: [Double]) -> Double {
    func entropy(_ p: Double) -> Double { p > 0 ? -p * log(p) : 0 }
    switch kind {
    case .crossEntropy(let smoothing):
      return shares.reduce(0) {
        $0 + entropy((1 - smoothing) * $1 + smoothing / Double(shares.count))
      }
    case .meanSquaredError:
      return shares.reduce(0) { $0 + $1 * (1 - $1) } / Double(shares.count)
    case .binaryCrossEntropy:
      return shares.reduce(0) { $0 + entropy($1) + entropy(1 - $1) } / Double(shares.count)
    }
  }

  /// The label smoothing of a cross-entropy; `nil` for other losses.
  var smoothing: Double? {
    if case .crossEntropy(let smoothing) = kind { smoothing } else { nil }
  }

  /// The loss to be minimised: the mean over the batch.
  package func callAsFunction(_ scores: Tensor, _ labels: Tensor) throws -> Tensor {
    switch kind {
    case .crossEntropy(let smoothing):
      try scores.crossEntropy(target: labels, labelSmoothing: smoothing)
    case .meanSquaredError: try scores.mseLoss(target: oneHot(labels))
    case .binaryCrossEntropy: try scores.bceWithLogitsLoss(target: oneHot(labels))
    }
  }

  /// Each example's loss, so that the sum over a data set does not depend on how it was cut into
  /// batches.
  package func perExample(_ scores: Tensor, _ labels: Tensor) throws -> [Float] {
    switch kind {
    case .crossEntropy(let smoothing):
      try scores.crossEntropy(target: labels, labelSmoothing: smoothing, reduction: .none).floats()
    case .meanSquaredError:
      try scores.mseLoss(target: oneHot(labels), reduction: .none).mean([1]).floats()
    case .binaryCrossEntropy:
      try scores.bceWithLogitsLoss(target: oneHot(labels), reduction: .none).mean([1]).floats()
    }
  }
}

@available(*, unavailable)
extension LossFunction: Sendable {}
