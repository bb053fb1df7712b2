import DataSchema
import Execution
import Tasks
import Torch
import Transforms

/// Computes training steps. There are two implementations with the same random numbers and results that
/// agree up to rounding: LibTorch's autograd for every model, and custom kernels for chains of linear layers.
protocol TrainingStepper: AnyObject {
  /// Takes one optimizer step on one batch, or on several accumulated batches.
  ///
  /// - Parameters:
  ///   - step: counted over the whole training, from 1.
  ///   - batches: with their numbers in the epoch, from 0.
  /// - Throws: ``TrainingFailure`` if the loss is not finite; the weights are then unchanged. For an unread
  ///   outcome, the error is thrown when it is read.
  func step(
    epoch: Int, step: Int, batches: [(number: Int, indices: [Int])]
  ) throws -> StepOutcome
}

/// The loss and counts of a step, computed before the weights changed.
enum StepOutcome {
  case known(StepSums)
  /// Still on the device, batch by batch.
  case unread([UnreadSteps.Batch])
}

/// Sums over the examples of a step.
struct StepSums {
  private(set) var loss = 0.0
  private(set) var correct = 0
  private(set) var examples = 0

  /// - Parameter mean: the mean loss of the examples.
  mutating func add(mean: Double, correct: Int, examples: Int) {
    loss += mean * Double(examples)
    self.correct += correct
    self.examples += examples
  }

  var meanLoss: Double { loss / Double(examples) }
}

extension TrainingFailure {
  /// Returns the loss if it is finite, and throws otherwise.
  static func checked(_ loss: Double, epoch: Int, step: Int) throws -> Double {
    if loss.isFinite { return loss }
    throw TrainingFailure(
      description:
        "the loss is \(loss.isNaN ? "nan" : "\(loss)") in epoch \(epoch), step \(step): "
        + "training has diverged; a smaller learning rate usually helps")
  }
}

extension TrainingJob {
  /// The position of a batch in the training.
  func place(epoch: Int, batch: Int) -> TrainingStep {
    TrainingStep(
      seed: seed, fold: fold, epoch: epoch, step: (epoch - 1) * batchesPerEpoch + batch + 1)
  }

  func augmentation(epoch: Int) -> Augmentation {
    Augmentation(seed: seed, fold: fold, epoch: epoch)
  }
}

/// Computes steps through LibTorch's autograd.
final class GeneralStepper: TrainingStepper {
  private let job: TrainingJob
  private let model: Model
  private let loss: LossFunction
  private let optimizer: Optimizer
  private let auxiliary: AuxiliaryLosses

  init(_ job: TrainingJob, _ model: Model, _ loss: LossFunction, _ optimizer: Optimizer) {
    self.job = job
    self.model = model
    self.loss = loss
    self.optimizer = optimizer
    auxiliary = AuxiliaryLosses(job.outputLosses, of: model)
  }

  func step(
    epoch: Int, step: Int, batches: [(number: Int, indices: [Int])]
  ) throws -> StepOutcome {
    // The loss of masks is divided by their pixels, and that of boxes by their points, which are known only after the
    // random transforms.
    let countsPoints = loss.objective.countsPoints && batches.count > 1
    let loaded =
      job.examples.hasMasks || countsPoints
      ? try batches.map { try load($0.indices, epoch: epoch) } : []
    var whole =
      job.examples.hasMasks
      ? LossStep(
        job.objective, examples: batches.reduce(0) { $0 + $1.indices.count },
        pixels: loaded.dropFirst().reduce(loaded[0].pixels) { zip($0, $1.pixels).map(+) })
      : LossStep(job.objective, batches.map(\.indices), of: job.examples.targets)
    if countsPoints { whole.points = try loaded.reduce(0) { try $0 + loss.pointCount($1.targets) } }
    var sums = StepSums()
    var unread: [UnreadSteps.Batch] = []
    try optimizer.zeroGrad()
    for (position, (number, indices)) in batches.enumerated() {
      let batch = loaded.isEmpty ? try load(indices, epoch: epoch) : loaded[position]
      let (inputs, targets) = (batch.inputs, batch.targets)
      let place = job.place(epoch: epoch, batch: number)
      let mix = try job.mixing.map { try BatchMixture($0, of: inputs, at: place) }
      let (scores, value) = try addGradients(
        mix?.inputs ?? inputs, targets, mixed: mix, at: place, of: whole)
      if job.readsLate {
        unread.append(
          try UnreadSteps.Batch(
            loss: value, outputs: scores, targets: mix?.prevailing(targets) ?? targets,
            examples: indices.count,
            counting: job.task.runningScore))
        continue
      }
      let mean = try TrainingFailure.checked(value.item(), epoch: epoch, step: step)
      let counted = mix?.prevailing(indices) ?? indices
      sums.add(mean: mean, correct: try correct(scores, counted), examples: indices.count)
    }
    try update(epoch: epoch)
    return job.readsLate ? .unread(unread) : .known(sums)
  }

  /// Computes a batch forward and backward. The gradients of all batches of a step add up to that of the loss of all
  /// its examples.
  ///
  /// - Parameters:
  ///   - inputs: after mixing.
  ///   - mix: how the examples were mixed; `nil` if they were not.
  /// - Returns: the model's outputs, and the mean loss of the batch.
  func addGradients(
    _ inputs: Tensor, _ targets: Tensor, mixed mix: BatchMixture? = nil, at place: TrainingStep,
    of whole: LossStep
  ) throws -> (scores: Tensor, mean: Tensor) {
    let (scores, others) = try auxiliary.outputs(
      of: model, inputs, training: place, behind: job.examples.prefix)
    func ownPart(_ scores: Tensor) throws -> (part: Tensor, mean: Tensor) {
      try mix?.part(loss, scores, targets, of: whole) ?? loss.part(scores, targets, of: whole)
    }
    var (part, value) = try ownPart(scores)
    if let teacher = job.teacher {
      (part, value) = try teacher.part((part, value), scores, inputs, of: whole)
    }
    (part, value) = try auxiliary.sum((part, value), others) { try ownPart($0).part }
    try part.backward()
    return (scores, value)
  }

  /// Updates the parameters from their gradients.
  func update(epoch: Int) throws {
    if let limit = job.clipValue { try clipGradValue(optimizer.parameters, limit: limit) }
    if let limit = job.clipNorm { _ = try clipGradNorm(optimizer.parameters, maxNorm: limit) }
    try optimizer.step(epoch: epoch)
  }
}

extension GeneralStepper {
  func load(_ indices: [Int], epoch: Int) throws -> ExampleSet.Batch {
    try job.examples.load(
      indices, augmenting: job.augmentation(epoch: epoch), format: model.format)
  }

  /// The number of correct examples, if the task defines correctness.
  private func correct(_ outputs: Tensor, _ indices: [Int]) throws -> Int {
    switch job.task.runningScore?.kind {
    case nil: return 0
    case .largestOutputIsTarget:
      let answers = ScoreLink.largest(
        try outputs.detach().floats(), classes: job.task.outputCount)
      let targets = job.examples.targets.values
      return zip(indices, answers).count { Int(targets[$0]) == $1 }
    }
  }
}

@available(*, unavailable)
extension GeneralStepper: Sendable {}
