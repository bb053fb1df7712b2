import Execution
import FeatureCache
import Graph
import RunRecord
import Tasks
import WorkerProtocol

/// Measures how long training takes: a step, an evaluation, and the pass through the frozen layers. The
/// content of the examples does not matter.
package struct StepClock {
  /// Steps are timed for this long, but for at least two and at most ``mostSteps`` of them, unless the first
  /// step alone takes longer than ``patience``.
  private static let enough = Duration.milliseconds(300)
  private static let mostSteps = 40
  private static let patience = Duration.seconds(3)

  private var job: TrainingJob
  private let clock = ContinuousClock()

  /// - Parameters:
  ///   - job: the job to time; its examples may be few and are reused.
  ///   - most: the maximum number of examples in a step.
  package init(_ job: TrainingJob, most: Int) {
    self.job = job
    self.job.batchSize = min(job.batchSize, most)
    self.job.accumulate = min(
      job.accumulate, (most + self.job.batchSize - 1) / self.job.batchSize)
    // On a GPU, wait for each step to finish; otherwise only the time to queue it would be measured.
    self.job.readsLate = false
  }

  package func measure() throws -> StepTiming {
    var job = job
    let count = job.examples.count
    var feature = 0.0
    if let prefix = job.frozenPrefix, job.keepsFeatures {
      (job.examples, feature) = try features(of: job, behind: prefix)
    }
    // Fewer steps for very large batches, to limit the memory for indices.
    let perStep = job.batchSize * job.accumulate
    let steps = max(1, min(Self.mostSteps, (1 << 21) / perStep))
    job.trainIndices = (0..<(perStep * steps)).map { $0 % count }
    job.validationIndices = []
    (job.epochs, job.maxSteps) = (max(job.epochs, 2), nil)
    let trainer = try Trainer(job)
    let watch = StepWatch(steps, enough: Self.enough, patience: Self.patience)
    do {
      _ = try trainer.run(watch)
    } catch is TrainingInterrupted {
      // Enough steps were measured.
    }
    return StepTiming(
      step: watch.secondsPerStep, evaluation: try evaluation(trainer, job), feature: feature)
  }

  /// Times the feature pass. The first batches select kernels and warm up caches, so the last one counts.
  private func features(
    of job: TrainingJob, behind prefix: FrozenPrefix
  ) throws -> (ExampleSet, seconds: Double) {
    let pass = FeaturePass(try job.makeModel(), prefix, store: nil, engine: "")
    var before = clock.now
    var seconds = 0.0
    let features = try pass.features(
      of: job.examples, data: "",
      description: FeatureDescription(dataset: "", model: "", layers: ""),
      progress: { progress in
        seconds = before.duration(to: clock.now).seconds / Double(max(progress.batch, 1))
        before = clock.now
      }, waiting: {}, warn: { _ in })
    return (
      try ExampleSet(features, of: job.examples, device: job.device), seconds
    )
  }

  private func evaluation(_ trainer: Trainer, _ job: TrainingJob) throws -> Double {
    let loss = try LossFunction(
      job.objective, width: job.task.outputCount, input: trainer.model.graph.inputs[0].shape.dims,
      device: job.device)
    func seconds(_ count: Int) throws -> Double {
      let start = clock.now
      _ = try Evaluation.run(
        trainer.model, loss, job.examples, (0..<count).map { $0 % job.examples.count },
        task: job.task)
      return start.duration(to: clock.now).seconds / Double(count)
    }
    let first = try seconds(job.examples.count)
    // Too short to time once, so repeat it.
    return first < 1e-3 ? try seconds(1024) : first
  }
}

@available(*, unavailable)
extension StepClock: Sendable {}

/// Records when steps end and interrupts the training once enough of them were measured.
private final class StepWatch: TrainingObserver {
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private let most: Int
  private let enough: Duration
  private let patience: Duration
  private var ends: [ContinuousClock.Instant] = []

  init(_ most: Int, enough: Duration, patience: Duration) {
    start = clock.now
    self.most = most
    self.enough = enough
    self.patience = patience
  }

  /// The mean time of a step; the first step warms up and is excluded if there are others.
  var secondsPerStep: Double {
    guard let first = ends.first, let last = ends.last else { return 0 }
    return ends.count == 1
      ? start.duration(to: last).seconds
      : first.duration(to: last).seconds / Double(ends.count - 1)
  }

  var isInterrupted: Bool {
    guard let first = ends.first, let last = ends.last else { return false }
    return ends.count >= most || start.duration(to: first) > patience
      || (ends.count > 1 && first.duration(to: last) > enough)
  }

  func didStep(_ record: StepRecord) { ends.append(clock.now) }
  func didFinish(_ epoch: EpochEnd) {}
  func isCheckpointDue(step: Int, atEndOfEpoch: Bool) -> Bool { false }
  func keep(_ snapshot: TrainingSnapshot) {}
  func warn(_ text: String) {}
}
