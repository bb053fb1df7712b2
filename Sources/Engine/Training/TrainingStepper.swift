import DataSchema
import Execution
import Tasks
import Torch
import Transforms

/// How the steps of a training are computed. There are two ways with the same random numbers, and
/// results that differ by roundings: through LibTorch's autograd, which every model can take, and in
/// custom kernels for chains of linear layers.
protocol TrainingStepper: AnyObject {
  /// One step of the optimizer on one batch, or on several whose gradients are added up.
  ///
  /// - Parameters:
  ///   - step: counted over the whole training, from 1.
  ///   - batches: with their numbers in the epoch, from 0.
  /// - Throws: ``TrainingFailure`` if the loss is not a number; the weights are then as before. Where the
  ///   outcome is unread, that shows when it is read.
  func step(
    epoch: Int, step: Int, batches: [(number: Int, indices: [Int])]
  ) throws -> StepOutcome
}

/// What the examples of a step came to, before the weights changed.
enum StepOutcome {
  case known(StepSums)
  /// On the device that computed it, batch by batch.
  case unread([UnreadSteps.Batch])
}

/// Sums over the examples of a step.
struct StepSums {
  private(set) var loss = 0.0
  private(set) var correct = 0
  private(set) var examples = 0

  /// - Parameter mean: the loss of one of the examples, on average.
  mutating func add(mean: Double, correct: Int, examples: Int) {
    loss += mean * Double(examples)
    self.correct += correct
    self.examples += examples
  }

  var meanLoss: Double { loss / Double(examples) }
}

extension TrainingFailure {
  /// The loss, where it is a number.
  static func checked(_ loss: Double, epoch: Int, step: Int) throws -> Double {
    if loss.isFinite { return loss }
    throw TrainingFailure(
      description:
        "the loss is \(loss.isNaN ? "nan" : "\(loss)") in epoch \(epoch), step \(step): "
        + "training has diverged; a smaller learning rate usually helps")
  }
}

extension TrainingJob {
  /// The place of a batch in the training.
  func place(epoch: Int, batch: Int) -> TrainingStep {
    TrainingStep(
      seed: seed, fold: fold, epoch: epoch, step: (epoch - 1) * batchesPerEpoch + batch + 1)
  }

  func augmentation(epoch: Int) -> Augmentation {
    Augmentation(seed: seed, fold: fold, epoch: epoch)
  }
}

/// Steps through LibTorch's autograd.
final class GeneralStepper: TrainingStepper {
  private let job: TrainingJob
  private let model: Model
  private let loss: LossFunction
  private let optimizer: Optimizer

  init(_ job: TrainingJob, _ model: Model, _ loss: LossFunction, _ optimizer: Optimizer) {
    self.job = job
    self.model = model
    self.loss = loss
    self.optimizer = optimizer
  }

  func step(
    epoch: Int, step: Int, batches: [(number: Int, indices: [Int])]
  ) throws -> StepOutcome {
    let examples = batches.reduce(0) { $0 + $1.indices.count }
    var sums = StepSums()
    var unread: [UnreadSteps.Batch] = []
    try optimizer.zeroGrad()
    for (number, indices) in batches {
      let (inputs, targets) = try job.examples.batch(
        indices, augmenting: job.augmentation(epoch: epoch), format: model.format)
      let scores = try model(
        inputs, training: job.place(epoch: epoch, batch: number), behind: job.examples.prefix)
      let value = try loss(scores, targets)
      // Weighted by its examples, so that the sum is the gradient of the mean over all of them.
      if batches.count > 1 {
        try value.mul(Double(indices.count) / Double(examples)).backward()
      } else {
        try value.backward()
      }
      if job.readsLate {
        unread.append(
          try UnreadSteps.Batch(
            loss: value, outputs: scores, targets: targets, examples: indices.count,
            counting: job.task.runningScore))
        continue
      }
      let mean = try TrainingFailure.checked(value.item(), epoch: epoch, step: step)
      sums.add(mean: mean, correct: try correct(scores, indices), examples: indices.count)
    }
    if let limit = job.clipNorm { _ = try clipGradNorm(optimizer.parameters, maxNorm: limit) }
    try optimizer.step(epoch: epoch)
    return job.readsLate ? .unread(unread) : .known(sums)
  }
}

extension GeneralStepper {
  /// Examples that are right, as far as the task says what that is.
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
