import Diagnostics
import Foundation

/// Stochastic weight averaging (Izmailov et al., 2018): the weights after `startEpoch` and after every later
/// epoch are averaged equally. Names and formulas are those of `torch.optim.swa_utils`.
package struct WeightAveragingSettings: Sendable {
  /// The first epoch whose weights are averaged, from 1.
  package let startEpoch: Int
  /// The learning rate of the epochs after it; `nil` for the schedule's.
  package let learningRate: Double?
  /// The epochs in which the learning rate moves from the schedule's to `learningRate`.
  package let annealEpochs: Int
  /// Whether it moves linearly and not along a cosine.
  package let isLinear: Bool
  package let range: SourceRange?
  package let startRange: SourceRange?

  init(_ value: Resolved) throws {
    startEpoch = try value.at("start_epoch").integer()
    startRange = try value.at("start_epoch").range
    learningRate = try value.optional("lr")?.number()
    annealEpochs = try value.at("anneal_epochs").integer()
    isLinear = try value.at("anneal_strategy").string() == "linear"
    range = value.range
  }

  /// How far the learning rate has moved from the schedule's to `learningRate`, from 0 to 1, as in PyTorch's
  /// `SWALR` after so many steps.
  ///
  /// - Parameter epoch: from 1.
  package func annealed(in epoch: Int) -> Double {
    let passed = epoch - startEpoch
    if passed <= 0 { return 0 }
    let share = min(1, Double(passed) / Double(max(1, annealEpochs)))
    return isLinear ? share : (1 - cos(Double.pi * share)) / 2
  }
}
