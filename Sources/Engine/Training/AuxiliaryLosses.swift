import Execution
import Graph
import Planning
import Torch

/// The outputs of a training step and what they add up to: the loss of the prediction and those of the auxiliary
/// outputs, each times its weight.
struct AuxiliaryLosses {
  private let losses: OutputLosses
  /// Of the outputs that a step computes.
  private let names: Set<String>
  private let main: String

  init(_ losses: OutputLosses, of model: Model) {
    self.losses = losses
    main = model.graph.mainOutput.name
    names = Set(losses.auxiliary.map(\.name) + [main])
  }

  /// The prediction, and the auxiliary outputs by name.
  func outputs(
    of model: Model, _ inputs: Tensor, training: TrainingStep, behind prefix: FrozenPrefix?
  ) throws -> (main: Tensor, auxiliary: [String: Tensor]) {
    if losses.auxiliary.isEmpty {
      return (try model(inputs, training: training, behind: prefix), [:])
    }
    var found = try model.outputs(inputs, named: names, training: training, behind: prefix)
    guard let scores = found.removeValue(forKey: main) else {
      throw TorchError(operation: "training", message: "the model has no output '\(main)'")
    }
    return (scores, found)
  }

  /// The weighted sum to minimise, and the mean loss of the prediction alone, which is comparable to that of an
  /// evaluation. The mean is not finite if the sum is not.
  ///
  /// - Parameters:
  ///   - loss: the prediction's part in the loss of a step, and its mean.
  ///   - part: the part of other outputs in that loss.
  func sum(
    _ loss: (part: Tensor, mean: Tensor), _ auxiliary: [String: Tensor],
    _ part: (Tensor) throws -> Tensor
  ) throws -> (part: Tensor, mean: Tensor) {
    if auxiliary.isEmpty, losses.main == 1 { return loss }
    var sum = losses.main == 1 ? loss.part : try loss.part.mul(losses.main)
    for output in losses.auxiliary {
      guard let scores = auxiliary[output.name] else { continue }
      sum = try sum.add(part(scores).mul(output.weight))
    }
    let finite = try sum.detach()
    return (sum, try loss.mean.detach().add(finite.sub(finite)))
  }
}

@available(*, unavailable)
extension AuxiliaryLosses: Sendable {}
