import RunRecord
import WorkerProtocol

/// Trains with a learning rate that grows in every step, until the loss diverges: the learning-rate range test.
package struct RateFinder {
  private var job: TrainingJob
  private let range: RateRange

  /// - Parameter job: the training to find a learning rate for. It runs without its schedule, weight averages,
  ///   early stopping and validation examples, and otherwise unchanged.
  package init(_ job: TrainingJob, _ range: RateRange) {
    self.job = job
    self.range = range
    self.job.rateRange = range
    self.job.schedule = nil
    self.job.earlyStopping = nil
    self.job.averageDecay = nil
    self.job.swa = nil
    self.job.validationIndices = []
    self.job.selection = .lastEpoch
    self.job.maxSteps = range.steps
    let perEpoch = max(1, job.stepsPerEpoch)
    self.job.epochs = (range.steps + perEpoch - 1) / perEpoch
    // Every loss decides whether there is another step.
    self.job.readsLate = false
  }

  /// - Parameters:
  ///   - isInterrupted: checked after every step.
  ///   - progress: receives the number of steps taken.
  /// - Throws: ``TrainingInterrupted``; ``TrainingFailure`` if the first loss is not finite.
  package func run(
    isInterrupted: @escaping () -> Bool, progress: @escaping (Int) throws -> Void
  ) throws -> RateTest {
    let watch = RateWatch(range, isInterrupted: isInterrupted, progress: progress)
    do {
      _ = try Trainer(job).run(watch)
    } catch is TrainingInterrupted {
      if !watch.test.diverged { throw TrainingInterrupted() }
    } catch let failure as TrainingFailure {
      if watch.test.losses.isEmpty { throw failure }
      watch.test.diverge()
    }
    return watch.test
  }
}

@available(*, unavailable)
extension RateFinder: Sendable {}

/// Collects the losses and interrupts the training once they diverge.
private final class RateWatch: TrainingObserver {
  var test = RateTest()
  private let range: RateRange
  private let isInterruptedOutside: () -> Bool
  private let progress: (Int) throws -> Void

  init(
    _ range: RateRange, isInterrupted: @escaping () -> Bool,
    progress: @escaping (Int) throws -> Void
  ) {
    self.range = range
    isInterruptedOutside = isInterrupted
    self.progress = progress
  }

  var isInterrupted: Bool { test.diverged || isInterruptedOutside() }

  func didStep(_ record: StepRecord) throws {
    test.add(rate: range.rate(at: record.step), loss: record.loss)
    try progress(record.step)
  }

  func didFinish(_ epoch: EpochEnd) {}
  func isCheckpointDue(step: Int, atEndOfEpoch: Bool) -> Bool { false }
  func keep(_ snapshot: TrainingSnapshot) {}
  func warn(_ text: String) {}
}
