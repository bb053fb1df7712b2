import Diagnostics

/// The criterion for ending training before its last epoch.
package struct EarlyStoppingSettings: Sendable {
  package let monitor: MonitorSettings
  package let patience: Int
  package let minDelta: Double
  package let restoresBest: Bool

  init(_ value: Resolved) throws {
    monitor = try MonitorSettings(value)
    patience = try value.at("patience").integer()
    minDelta = try value.at("min_delta").number()
    restoresBest = try value.at("restore_best").boolean()
  }
}

/// How often the state of a training is saved.
package enum CheckpointInterval: Sendable, Equatable {
  case steps(Int)
  case seconds(Double)

  init(_ value: Resolved) throws {
    if case .integer(let steps) = value.content {
      self = .steps(steps)
    } else {
      self = .seconds(ScalarTyping.seconds(try value.string()) ?? 60)
    }
  }
}

/// The precision of a training's computations. Weights, gradients, optimizer, loss and metrics are
/// always float32.
package enum Precision: String, Sendable, CaseIterable {
  /// Full float32 precision, like PyTorch's `highest`.
  case float32
  /// On CUDA devices, the factors of matrix products and convolutions are rounded to a 10-bit
  /// mantissa, like PyTorch's `high`.
  case tf32
  /// The forward pass under autocast, as `torch.autocast(dtype=torch.bfloat16)`.
  case bfloat16

  /// Why a device does not support the precision; `nil` if it does.
  ///
  /// - Parameter device: `cpu`, `mps`, `cuda` or `cuda:N`.
  package func problem(on device: String) -> String? {
    let place = device == "cpu" ? "the CPU" : device
    switch self {
    case .float32: return nil
    case .tf32:
      return device.hasPrefix("cuda")
        ? nil : "tf32 needs a CUDA device; this run is on \(place)"
    case .bfloat16:
      return device == "cpu" || device.hasPrefix("cuda")
        ? nil : "bfloat16 needs the CPU or a CUDA device; this run is on \(place)"
    }
  }

  /// A warning about the predictions of a model that was trained with this precision; `nil` if
  /// `device` supports it.
  package func predictionWarning(on device: String) -> String? {
    guard problem(on: device) != nil else { return nil }
    let place = device == "cpu" ? "the CPU" : "the device '\(device)'"
    return
      "the model was trained with \(rawValue), which \(place) does not support: predictions are "
      + "computed in float32 and can differ slightly from the run's"
  }
}

extension Experiment {
  /// Throws if `device` does not support the experiment's precision.
  ///
  /// - Throws: ``InputError`` at the line that requests it.
  package func checkPrecision(on device: String) throws {
    guard let problem = precision.problem(on: device) else { return }
    throw InputError(problem, at: precisionRange, hint: Self.precisionHint)
  }

  static let precisionHint = "precision: float32 runs on every device"
}
