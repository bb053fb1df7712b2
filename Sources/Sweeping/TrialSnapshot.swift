/// The known state of a trial when the next step is decided.
package struct TrialSnapshot: Sendable, Equatable {
  package enum State: Sendable, Equatable {
    /// Nothing has been trained.
    case planned
    /// Started but not finished: interrupted, crashed, stopped at a rung, or running.
    case begun
    case finished
    /// It cannot continue by itself.
    case failed
  }

  /// From 1.
  package var number: Int
  /// One text per key of the space.
  package var values: [String]
  package var state: State
  /// The lowest cost up to each epoch, from epoch 1.
  package var costs: [Double]
  /// The cost of a finished trial; `nil` if its objective is undefined.
  package var cost: Double?

  package init(
    number: Int, values: [String], state: State = .planned, costs: [Double] = [],
    cost: Double? = nil
  ) {
    self.number = number
    self.values = values
    self.state = state
    self.costs = costs
    self.cost = cost
  }

  /// Whether the trial has reached the end of `epoch`.
  func hasReached(_ epoch: Int) -> Bool { state == .finished || costs.count >= epoch }

  /// Whether it can be compared with others at the end of `epoch`, because its objective is defined
  /// there.
  func isComparable(at epoch: Int) -> Bool { cost(at: epoch).isFinite }

  /// The lowest cost up to the end of `epoch`; infinite if there is none.
  func cost(at epoch: Int) -> Double {
    if costs.isEmpty { return cost ?? .infinity }
    return costs[min(epoch, costs.count) - 1]
  }
}

/// A unit of work: training a trial up to an epoch, or to its end.
package struct TrialTask: Sendable, Hashable {
  package var number: Int
  package var untilEpoch: Int?

  package init(number: Int, untilEpoch: Int? = nil) {
    self.number = number
    self.untilEpoch = untilEpoch
  }
}
