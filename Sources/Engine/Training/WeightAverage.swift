import Torch

/// The exponential moving average of the weights, like PyTorch's `AveragedModel` with
/// `get_ema_multi_avg_fn(decay)`: the first update copies the weights, each later one computes
/// a ← decay · a + (1 − decay) · w.
final class WeightAverage {
  private(set) var values: [Tensor]
  private let decay: Double

  init(_ parameters: [Tensor], decay: Double) throws {
    self.decay = decay
    values = try parameters.map(Tensor.zeros(like:))
  }

  /// - Parameter count: the number of updates so far.
  func update(_ parameters: [Tensor], _ count: inout Int) throws {
    try withNoGrad { () throws -> Void in
      for (value, parameter) in zip(values, parameters) {
        if count == 0 {
          try value.copy(from: parameter)
        } else {
          try value.mulInPlace(decay)
          try value.addInPlace(parameter, alpha: 1 - decay)
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
