import Diagnostics

/// When training ends before its last epoch.
package struct EarlyStoppingSettings: Sendable {
  /// The value of the validation examples that is watched.
  package let monitor: String
  /// `min` or `max`, where the experiment says so.
  package let mode: String?
  package let patience: Int
  package let minDelta: Double
  package let restoresBest: Bool
  package let range: SourceRange?

  init(_ value: Resolved) throws {
    monitor = try value.at("monitor").string()
    mode = try value.optional("mode")?.string()
    patience = try value.at("patience").integer()
    minDelta = try value.at("min_delta").number()
    restoresBest = try value.at("restore_best").boolean()
    range = try value.at("monitor").range ?? value.range
  }
}

/// How often the state of a training is kept.
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
