import Diagnostics
import ExperimentConfig
import Testing
import Training
import Weights

/// An update rule written as operations on tensors, against the kernel of the same optimizer.
@Suite struct ElementwiseUpdateTests {
  /// Adam, in the order of PyTorch's `_single_tensor_adam`.
  private struct OperationsAdam: OptimizerDefinition, ElementwiseUpdate {
    static let schema = Adam.schema
    let learningRate = 1e-3
    var weightDecay = 0.0
    var rule: UpdateRule { .elementwise(self) }
    var state: [StateTensor] { [.firstMoment, .secondMoment] }

    init(_ arguments: Arguments = .none) {}

    func operations(learningRate: Double, step: Int) -> [ElementwiseOperation] {
      let denominator = ElementwiseOperand.temporary("denominator")
      var (correction1, correction2) = (1.0, 1.0)
      for _ in 0..<step {
        correction1 *= 0.9
        correction2 *= 0.999
      }
      return [
        .add(.parameter, times: 0.01, to: .gradient),
        .interpolate(.state(.firstMoment), towards: .gradient, weight: 1 - 0.9),
        .scale(.state(.secondMoment), by: 0.999),
        .addProduct(.gradient, .gradient, times: 1 - 0.999, to: .state(.secondMoment)),
        .copy(.state(.secondMoment), to: denominator),
        .squareRoot(denominator),
        .scale(denominator, by: 1 / (1 - correction2).squareRoot()),
        .addNumber(1e-8, to: denominator),
        .addQuotient(
          .state(.firstMoment), by: denominator, times: -learningRate / (1 - correction1),
          to: .parameter),
      ]
    }
  }

  /// Reads what it never made.
  private struct Broken: OptimizerDefinition, ElementwiseUpdate {
    static let schema = SGD.schema
    let learningRate = 1e-3
    var weightDecay = 0.0
    var rule: UpdateRule { .elementwise(self) }
    let state: [StateTensor] = []
    let operation: ElementwiseOperation

    init(_ operation: ElementwiseOperation) { self.operation = operation }
    init(_ arguments: Arguments) { operation = .squareRoot(.parameter) }

    func operations(learningRate: Double, step: Int) -> [ElementwiseOperation] { [operation] }
  }

  private static func job(_ more: String = "") throws -> TrainingJob {
    try Jobs.make(
      """
      data:
        dataset: mnist
        transforms: [to_tensor, normalize: {mean: 0.5, std: 0.5}]
        batch_size: 32
      model: [flatten, {linear: 24, name: first}, tanh, {linear: 10, name: last}]
      optimizer: {adam: {weight_decay: 0.01, groups: [{parameters: last, lr_multiplier: 3}]}}
      train: {epochs: 3}
      \(more)
      """, FormulaImages.make(salt: 0), train: 0..<640, validation: 640..<704)
  }

  @Test(arguments: [
    "", "unfreeze: {epoch: 2, layers: first, lr: 1e-2}\nfreeze: first",
    "schedule: {exponential: 0.5}",
  ])
  func operationsDoWhatTheKernelDoes(_ more: String) throws {
    var job = try Self.job(more)
    let kernel = TrainingLog()
    job.usesCompiledSteps = false
    _ = try Trainer(job).run(kernel)
    job.optimizer = OperationsAdam()
    for isCompiled in [false, true] {
      job.usesCompiledSteps = isCompiled
      let operations = TrainingLog()
      let trainer = try Trainer(job)
      // Parameters that are trained later need autograd.
      #expect(trainer.isCompiled == (isCompiled && !more.hasPrefix("unfreeze")))
      _ = try trainer.run(operations)
      #expect(operations.losses.count == 60)
      for (ours, theirs) in zip(operations.losses, kernel.losses) {
        #expect(abs(ours - theirs) <= 1e-5 * theirs)
      }
    }
  }

  @Test(arguments: [false, true])
  func resumingFromACheckpointChangesNoByte(isCompiled: Bool) throws {
    var job = try Self.job()
    job.optimizer = OperationsAdam()
    job.usesCompiledSteps = isCompiled
    let log = TrainingLog()
    log.keepsEpochs = true
    let whole = try Trainer(job).run(log)
    let names = try #require(log.snapshots.first).tensors.map(\.name)
    #expect(names.contains("optimizer.0.exp_avg.0"))
    #expect(names.contains("optimizer.1.exp_avg_sq.1"))
    let rest = try Trainer(job, from: log.snapshots[0]).run(TrainingLog())
    #expect(rest.lastWeights.map(\.bytes) == whole.lastWeights.map(\.bytes))
  }

  @Test(arguments: [
    ElementwiseOperation.squareRoot(.temporary("denominator")),
    .copy(.gradient, to: .state(.momentumBuffer)),
    .add(.state(.firstMoment), to: .parameter),
  ])
  func undeclaredTensorsAreAFault(_ operation: ElementwiseOperation) throws {
    var job = try Self.job()
    job.optimizer = Broken(operation)
    for isCompiled in [false, true] {
      job.usesCompiledSteps = isCompiled
      #expect(throws: ProgramFault.self) { try Trainer(job).run(TrainingLog()) }
    }
  }
}
