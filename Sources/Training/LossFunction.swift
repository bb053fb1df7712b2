import ExperimentConfig
import Glibc
import Torch

/// The loss of an experiment, as PyTorch computes it.
package struct LossFunction {
  private enum Kind {
    case crossEntropy(labelSmoothing: Double)
    case meanSquaredError
    case binaryCrossEntropy
  }

  private let kind: Kind
  /// Row c is the one-hot target of class c.
  private let oneHot: Tensor

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
    var eye = [Float](repeating: 0, count: classes * classes)
    for label in 0..<classes { eye[label * classes + label] = 1 }
    oneHot = try Tensor(eye, shape: [classes, classes], device: device).to(dtype)
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
    case .meanSquaredError: try scores.mseLoss(target: oneHot.indexSelect(dim: 0, index: labels))
    case .binaryCrossEntropy:
      try scores.bceWithLogitsLoss(target: oneHot.indexSelect(dim: 0, index: labels))
    }
  }

  /// Each example's loss, so that the sum over a data set does not depend on how it was cut into
  /// batches.
  package func perExample(_ scores: Tensor, _ labels: Tensor) throws -> [Float] {
    switch kind {
    case .crossEntropy(let smoothing):
      try scores.crossEntropy(target: labels, labelSmoothing: smoothing, reduction: .none).floats()
    case .meanSquaredError:
      try scores.mseLoss(target: oneHot.indexSelect(dim: 0, index: labels), reduction: .none)
        .mean([1]).floats()
    case .binaryCrossEntropy:
      try scores.bceWithLogitsLoss(
        target: oneHot.indexSelect(dim: 0, index: labels), reduction: .none
      ).mean([1]).floats()
    }
  }

  /// Scores as probabilities: softmax for cross-entropy, sigmoid for binary cross-entropy; for the
  /// squared error the scores themselves.
  package func probabilities(_ scores: Tensor) throws -> Tensor {
    switch kind {
    case .crossEntropy: try scores.softmax(dim: 1)
    case .meanSquaredError: scores
    case .binaryCrossEntropy: try scores.sigmoid()
    }
  }
}

@available(*, unavailable)
extension LossFunction: Sendable {}
