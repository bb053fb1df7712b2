import Graph
import Torch

extension Model {
  /// Computes the running statistics of batch normalisations anew, as PyTorch's
  /// `torch.optim.swa_utils.update_bn`: the equal mean over the batches of `body`'s forward passes. Those with
  /// ``storedStatistics`` keep theirs.
  ///
  /// - Parameter body: runs the forward passes, with a training step.
  package func recomputingStatistics(_ body: () throws -> Void) throws {
    try withNoGrad { () throws -> Void in
      for (parameter, tensor) in state where !storedStatistics.contains(parameter.node) {
        guard case .batchNorm = graph.nodes[parameter.node].operation else { continue }
        switch parameter.spec.name {
        case "running_mean", "num_batches_tracked": try tensor.zero()
        case "running_var": try tensor.fill(1)
        default: break
        }
      }
      averagesStatistics = true
      defer { averagesStatistics = false }
      try body()
    }
  }

  /// Whether the model has running statistics that ``recomputingStatistics(_:)`` changes.
  package var hasChangingStatistics: Bool {
    state.contains { parameter, _ in
      guard case .batchNorm = graph.nodes[parameter.node].operation else { return false }
      return parameter.spec.name == "running_mean" && !storedStatistics.contains(parameter.node)
    }
  }
}

extension Operation {
  /// The operation, without the momentum of batch normalisation.
  var averagingStatistics: Operation {
    if case .batchNorm(_, let eps) = self { .batchNorm(momentum: nil, eps: eps) } else { self }
  }
}
