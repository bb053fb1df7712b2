import Torch

/// An average of the weights over the training, like PyTorch's `AveragedModel`: the first update copies the
/// weights.
final class WeightAverage {
  /// How later weights w are averaged with those before.
  enum Rule {
    /// a ← decay · a + (1 − decay) · w, as `get_ema_multi_avg_fn(decay)`.
    case exponential(decay: Double)
    /// a ← a + (w − a) / (n + 1) after n updates, so that all weights count the same.
    case equal
  }

  private(set) var values: [Tensor]
  private let rule: Rule

  init(_ parameters: [Tensor], _ rule: Rule) throws {
    self.rule = rule
    values = try parameters.map(Tensor.zeros(like:))
  }

  /// - Parameter count: the number of updates so far.
  func update(_ parameters: [Tensor], _ count: inout Int) throws {
    try withNoGrad { () throws -> Void in
      for (value, parameter) in zip(values, parameters) {
        if count == 0 {
          try value.copy(from: parameter)
          continue
        }
        switch rule {
        case .exponential(let decay):
          try value.mulInPlace(decay)
          try value.addInPlace(parameter, alpha: 1 - decay)
        case .equal: try value.addInPlace(parameter.sub(value).div(Double(count + 1)))
        }
      }
    }
    count += 1
  }

  /// Swaps the average and the weights.
  func swap(with parameters: [Tensor]) throws {
    try withNoGrad { () throws -> Void in
      for (value, parameter) in zip(values, parameters) {
        let weights = try parameter.detach().clone()
        try parameter.copy(from: value)
        try value.copy(from: weights)
      }
    }
  }
}

@available(*, unavailable)
extension WeightAverage: Sendable {}
