import Execution
import Graph
import Tasks
import Torch

/// Computes steps whose forward and backward passes the device repeats from a recording, a CUDA graph: what costs the
/// CPU time to launch is launched at once. The results have the bits of ``GeneralStepper``'s.
///
/// Gradients are clipped, and parameters updated, outside of the recording, because learning rates change from step to
/// step. Batches of another size than the first are computed by ``GeneralStepper``.
final class RecordedStepper: TrainingStepper {
  private let job: TrainingJob
  private let general: GeneralStepper
  private let model: Model
  private let optimizer: Optimizer
  private var pass: RecordedPass?

  /// - Returns: `nil` if the steps cannot be recorded.
  init?(_ job: TrainingJob, _ general: GeneralStepper, _ model: Model, _ optimizer: Optimizer) {
    guard job.recordsSteps, job.canRecordSteps,
      RecordedOperations.areAvailable(on: job.device)
    else { return nil }
    self.job = job
    self.general = general
    self.model = model
    self.optimizer = optimizer
  }

  func step(
    epoch: Int, step: Int, batches: [(number: Int, indices: [Int])]
  ) throws -> StepOutcome {
    guard batches.count == 1, batches[0].indices.count == job.batchSize else {
      pass?.hasOtherGradients = true
      return try general.step(epoch: epoch, step: step, batches: batches)
    }
    let (number, indices) = batches[0]
    let batch = try general.load(indices, epoch: epoch)
    let whole = LossStep(job.objective, [indices], of: job.examples.targets)
    let pass = try pass(for: batch, of: whole)
    let values = try pass.compute(
      batch.inputs, batch.targets, at: job.place(epoch: epoch, batch: number))
    try general.update(epoch: epoch)
    return .unread([UnreadSteps.Batch(values: values, examples: indices.count)])
  }

  /// The recording, made anew if what is trained has changed.
  private func pass(for batch: ExampleSet.Batch, of whole: LossStep) throws -> RecordedPass {
    let parts = RecordedPass.Parts(
      trained: optimizer.parameters.map(\.requiresGrad), statistics: model.storedStatistics,
      modules: model.fixedModules)
    if let pass, pass.parts == parts { return pass }
    let made = try RecordedPass(
      parts, inputs: batch.inputs, targets: batch.targets, parameters: optimizer.parameters,
      on: job.device
    ) { [general, optimizer, score = job.task.runningScore] inputs, targets, place in
      try optimizer.zeroGrad()
      let (scores, loss) = try general.addGradients(inputs, targets, at: place, of: whole)
      return try UnreadSteps.Batch(
        loss: loss, outputs: scores, targets: targets, examples: whole.examples, counting: score
      ).values
    }
    pass = made
    return made
  }
}

/// A forward and a backward pass over tensors that stay where they are.
private final class RecordedPass {
  /// What a recording depends on besides tensors.
  struct Parts: Equatable {
    /// Whether each parameter is trained.
    let trained: [Bool]
    let statistics: Set<Int>
    let modules: [Int: [String]]
  }

  let parts: Parts
  /// Whether the parameters' gradients have been replaced since the last pass.
  var hasOtherGradients = false
  private let inputs: Tensor
  private let targets: Tensor
  private let keys: StepKeys
  private let parameters: [Tensor]
  private let memory = Memory()
  private let operations: RecordedOperations
  /// The memory of the gradients that the recording writes; empty before it is made.
  private var gradients: [Tensor?] = []
  private var runs = 0

  /// What the operations leave.
  private final class Memory {
    var values: Tensor?
  }

  /// Passes that are computed before one is recorded, as for PyTorch's `make_graphed_callables`.
  private static let warmUp = 3

  /// - Parameters:
  ///   - inputs: as those of every later batch.
  ///   - body: computes the gradients; gives a step's loss and counts.
  init(
    _ parts: Parts, inputs: Tensor, targets: Tensor, parameters: [Tensor], on device: Device,
    _ body: @escaping (_ inputs: Tensor, _ targets: Tensor, _ place: TrainingStep) throws -> Tensor
  ) throws {
    self.parts = parts
    self.parameters = parameters
    let (inputs, targets) = (try inputs.clone(), try targets.clone())
    let keys = StepKeys(device: device)
    (self.inputs, self.targets, self.keys) = (inputs, targets, keys)
    // Nothing but the keys may depend on the step, so the operations are not told which one it is.
    var place = TrainingStep(seed: 0, fold: 0, epoch: 0, step: 0)
    place.keys = keys
    operations = try RecordedOperations(on: device) { [memory, place] in
      memory.values = try body(inputs, targets, place)
    }
  }

  /// Computes the gradients of a batch.
  ///
  /// - Returns: the loss and counts of ``UnreadSteps/Batch``.
  func compute(_ inputs: Tensor, _ targets: Tensor, at place: TrainingStep) throws -> Tensor {
    try withNoGrad {
      try self.inputs.copy(from: inputs)
      try self.targets.copy(from: targets)
    }
    try keys.set(place)
    if runs < Self.warmUp {
      runs += 1
      try operations.run()
    } else {
      if gradients.isEmpty {
        try operations.record()
        gradients = try parameters.map { try $0.grad() }
      } else if hasOtherGradients {
        for (parameter, gradient) in zip(parameters, gradients) { try parameter.setGrad(gradient) }
      }
      try operations.replay()
    }
    hasOtherGradients = false
    guard let values = memory.values else {
      throw TorchError(operation: "recording", message: "the operations gave no loss")
    }
    return try values.clone()
  }
}

extension TrainingJob {
  /// Whether nothing but tensors and dropout masks differs from one step to the next.
  fileprivate var canRecordSteps: Bool {
    readsLate && accumulate == 1 && mixing == nil && teacher == nil && !examples.hasMasks
      && !objective.countsPoints && !objective.hasClassWeights
      && graph.nodes.allSatisfy(\.canBeRecorded)
  }
}

extension Graph.Node {
  fileprivate var canBeRecorded: Bool {
    switch operation {
    // A module may draw random numbers or decide by values.
    case .torchScript: return false
    // The mean over all batches needs their number.
    case .batchNorm(let momentum, eps: _): return momentum != nil
    default: return true
    }
  }
}

@available(*, unavailable)
extension RecordedStepper: Sendable {}

@available(*, unavailable)
extension RecordedPass: Sendable {}
