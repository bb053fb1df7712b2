import Tasks
import Torch

/// Steps whose losses and counts are still on the device.
///
/// Reading a value makes the CPU wait for the device, whose queue then runs empty. So values are read
/// together: at the end of an epoch, before a checkpoint, when training stops, and at the latest after
/// ``mostBatches`` batches or ``longest``. The timing does not affect the results.
struct UnreadSteps {
  /// The maximum number of unread batches.
  static let mostBatches = 1_000
  /// The maximum time between reads, so that progress stays visible and diverged training stops early.
  static let longest = Duration.seconds(2)

  /// The results of one batch.
  struct Batch {
    /// The mean loss and the number of correctly classified examples, as float32.
    let values: Tensor
    let examples: Int
  }

  /// A step with its batches' results.
  struct Step {
    /// Counted over the whole training, from 1.
    let number: Int
    /// Counted from 1.
    let inEpoch: Int
    let outcome: StepOutcome
  }

  private var steps: [Step] = []
  private var batches = 0
  private var hasKnown = false
  private var oldest: ContinuousClock.Instant?
  private let clock = ContinuousClock()

  /// Whether to read the steps now; values already on the CPU are read immediately.
  var isDue: Bool {
    guard let oldest else { return false }
    return hasKnown || batches >= Self.mostBatches || clock.now - oldest >= Self.longest
  }

  /// - Parameters:
  ///   - step: counted over the whole training, from 1.
  ///   - stepInEpoch: from 1.
  mutating func add(_ outcome: StepOutcome, step: Int, stepInEpoch: Int) {
    if oldest == nil { oldest = clock.now }
    switch outcome {
    case .known: hasKnown = true
    case .unread(let parts): batches += parts.count
    }
    steps.append(Step(number: step, inEpoch: stepInEpoch, outcome: outcome))
  }

  /// Passes on all steps since the last read, in order, with a single copy from the device.
  ///
  /// - Parameter receive: called with each step and its sums.
  /// - Throws: ``TrainingFailure`` at the first step whose loss is not finite, after the steps before it.
  mutating func read(
    epoch: Int, _ receive: (_ step: Step, _ sums: StepSums) throws -> Void
  ) throws {
    defer { self = UnreadSteps() }
    let values = steps.flatMap { step -> [Tensor] in
      if case .unread(let parts) = step.outcome { parts.map(\.values) } else { [] }
    }
    let numbers = values.isEmpty ? [] : try Tensor.cat(values).floats()
    var place = 0
    for step in steps {
      switch step.outcome {
      case .known(let sums): try receive(step, sums)
      case .unread(let parts):
        var sums = StepSums()
        for part in parts {
          let mean = try TrainingFailure.checked(
            Double(numbers[place]), epoch: epoch, step: step.number)
          sums.add(mean: mean, correct: Int(numbers[place + 1]), examples: part.examples)
          place += 2
        }
        try receive(step, sums)
      }
    }
  }
}

extension UnreadSteps.Batch {
  /// - Parameters:
  ///   - loss: the mean over the examples.
  ///   - outputs: [examples, width].
  ///   - score: what is counted as correct; `nil` to count nothing.
  init(
    loss: Tensor, outputs: Tensor, targets: Tensor, examples: Int, counting score: RunningScore?
  ) throws {
    self.examples = examples
    values = try withNoGrad { () throws -> Tensor in
      let correct: Tensor
      switch score?.kind {
      case nil: correct = try Tensor.zeros(like: loss)
      case .largestOutputIsTarget:
        // The first of equal outputs, as on the CPU.
        correct = try outputs.max(dim: 1).indices.eq(targets).sum()
      }
      return try Tensor.cat([loss.reshape([1]), correct.to(.float32).reshape([1])])
    }
  }
}

@available(*, unavailable)
extension UnreadSteps: Sendable {}
