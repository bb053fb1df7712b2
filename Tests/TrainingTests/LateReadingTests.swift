import ExperimentConfig
import Testing
import Training
import Weights
import WorkerProtocol

/// Losses that stay on the device for many steps, as on a GPU, against losses that are read after every
/// step, as on the CPU: the same bytes everywhere.
@Suite struct LateReadingTests {
  /// A log that asks for checkpoints after some steps, and remembers how far it was told.
  private final class Watcher: TrainingObserver {
    let log = TrainingLog()
    var checkpoints: Set<Int> = []
    var lastStep = Int.max
    private var made = 0
    /// After each step: how many were made and not told yet.
    private(set) var unread: [Int] = []

    func didStep(_ record: StepRecord) { log.didStep(record) }
    func didFinish(_ epoch: EpochEnd) { log.didFinish(epoch) }
    func warn(_ text: String) {}
    /// Asked after every step, before anything else.
    var isInterrupted: Bool { made + 1 >= lastStep }
    func isCheckpointDue(step: Int, atEndOfEpoch: Bool) -> Bool {
      made = step
      if !atEndOfEpoch { unread.append(step - log.steps.count) }
      return checkpoints.contains(step)
    }
    func keep(_ snapshot: TrainingSnapshot) {
      #expect(log.steps.last?.step ?? 0 == snapshot.progress.step, "a checkpoint knows every loss")
      log.keep(snapshot)
    }
  }

  private static let settings = """
    optimizer: {adam: {lr: 1e-2}}
    train: {epochs: 3, max_steps: 13, accumulate: 2, ema: 0.9, clip_grad_norm: 1}
    """

  private func job(late: Bool, _ settings: String = Self.settings) throws -> TrainingJob {
    var job = try FineTuningGolden.job(settings)
    #expect(!job.readsLate, "on the CPU there is nothing to wait for")
    job.readsLate = late
    return job
  }

  private func run(
    late: Bool, from snapshot: TrainingSnapshot? = nil, checkpoints: Set<Int> = []
  ) throws -> (watcher: Watcher, result: Trainer.Result) {
    let watcher = Watcher()
    watcher.checkpoints = checkpoints
    return (watcher, try Trainer(job(late: late), from: snapshot).run(watcher))
  }

  private func expectEqual(_ a: Trainer.Result, _ b: Trainer.Result) {
    #expect(a.bestEpoch == b.bestEpoch)
    #expect(a.bestWeights.map(\.bytes) == b.bestWeights.map(\.bytes))
    #expect(a.lastWeights.map(\.bytes) == b.lastWeights.map(\.bytes))
  }

  @Test func givesTheSameBytes() throws {
    let (now, expected) = try run(late: false)
    let (late, result) = try run(late: true)
    #expect(now.unread.allSatisfy { $0 == 0 })
    #expect(late.unread.contains { $0 > 0 }, "or else the test shows nothing")
    #expect(late.log.steps.map(\.step) == Array(1...13))
    #expect(late.log.steps.map(\.stepInEpoch) == now.log.steps.map(\.stepInEpoch))
    #expect(late.log.steps.map(\.epoch) == now.log.steps.map(\.epoch))
    #expect(late.log.losses == now.log.losses)
    #expect(late.log.steps.map(\.meanLoss) == now.log.steps.map(\.meanLoss))
    #expect(late.log.values == now.log.values)
    expectEqual(result, expected)
  }

  /// In the middle of an epoch and at its end, from one way to the other.
  @Test(arguments: zip([1, 3, 5, 7, 12], [true, false, true, false, true]))
  func goesOnFromACheckpoint(step: Int, late: Bool) throws {
    let (whole, expected) = try run(late: false)
    let (first, _) = try run(late: late, checkpoints: [step])
    let snapshot = try #require(first.log.snapshots.first)
    let reference = try #require(
      try run(late: !late, checkpoints: [step]).watcher.log.snapshots.first)
    #expect(snapshot.progress == reference.progress)
    #expect(snapshot.tensors.map(\.bytes) == reference.tensors.map(\.bytes))
    let (rest, result) = try run(late: !late, from: snapshot)
    #expect(rest.log.losses == Array(whole.log.losses[step...]))
    #expect(rest.log.values == Array(whole.log.values.suffix(rest.log.values.count)))
    expectEqual(result, expected)
  }

  @Test func canBePutDown() throws {
    let (whole, expected) = try run(late: false)
    let watcher = Watcher()
    watcher.lastStep = 4
    #expect(throws: TrainingInterrupted.self) { try Trainer(job(late: true)).run(watcher) }
    #expect(watcher.log.losses == Array(whole.log.losses.prefix(watcher.log.losses.count)))
    #expect(watcher.log.losses.count == 4)
    let (rest, result) = try run(late: true, from: watcher.log.snapshots.last)
    #expect(watcher.log.losses + rest.log.losses == whole.log.losses)
    expectEqual(result, expected)
  }

  /// The step that diverged is named although later ones were made.
  @Test func aLossThatIsNoNumberIsFound() throws {
    func run(late: Bool) throws -> (losses: [Double], reason: String, state: [[UInt8]]?) {
      let job = try job(
        late: late,
        """
        optimizer: {sgd: {lr: 1e3, momentum: 0.99}}
        loss: mse
        train: {epochs: 6}
        """)
      let log = TrainingLog()
      let trainer = try Trainer(job)
      let failure = try #require(throws: TrainingFailure.self) { try trainer.run(log) }
      return (log.losses, failure.description, try trainer.bestState()?.map(\.bytes))
    }
    let (now, late) = (try run(late: false), try run(late: true))
    #expect(late.reason == now.reason)
    #expect(late.reason.contains("step \(now.losses.count + 1):"))
    #expect(now.losses.count % 10 != 9, "the last step of an epoch shows nothing")
    #expect(late.losses == now.losses)
    #expect(late.state == now.state)
  }

  /// Batches of one, more than are ever left unread.
  @Test func manyStepsAreReadInBetween() throws {
    var job = try Jobs.make(
      """
      data:
        dataset: mnist
        batch_size: 1
      model: [flatten, linear: 10]
      optimizer: {sgd: {lr: 1e-3}}
      train: {epochs: 1}
      """, FormulaImages.make(salt: 0), train: 0..<1_100, validation: 1_100..<1_110)
    job.usesCompiledSteps = false
    let now = TrainingLog()
    _ = try Trainer(job).run(now)
    job.readsLate = true
    let watcher = Watcher()
    _ = try Trainer(job).run(watcher)
    #expect(watcher.log.losses == now.losses)
    #expect(watcher.unread.count == 1_100)
    #expect(watcher.unread.allSatisfy { $0 < 1_000 })
    #expect(watcher.unread.contains { $0 > 0 })
  }
}
