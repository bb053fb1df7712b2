import CKernels
import Execution
import Graph
import Tasks
import Torch

/// Training steps of a chain of linear layers in custom kernels. Each element is touched once for bias,
/// activation and dropout, once for the loss forward and backward, and once by the optimizer.
///
/// Weights and moments remain the tensors of ``Model`` and ``Optimizer`` and are updated in place, so
/// evaluation, weight averages, snapshots and restoring work unchanged.
final class CompiledStepper: TrainingStepper {
  /// Above this parameter count, LibTorch's multithreading outweighs what custom kernels save.
  private static let mostParameters = 1 << 22

  private let job: TrainingJob
  private let optimizer: Optimizer
  private let loss: CompiledLoss
  private let computation: ChainComputation
  private let filler: BatchFiller
  private let gradients: FloatMemory
  private let layerGradients: [LayerGradients?]
  private let updates: [UpdateMemory]

  /// Returns `nil` if the graph, the loss or the optimizer needs LibTorch.
  init?(_ job: TrainingJob, _ model: Model, _ loss: LossFunction, _ optimizer: Optimizer) throws {
    let kernels = ck_best().pointee
    guard job.device == .cpu, model.dtype == .float32, model.autocast == nil,
      job.mixing == nil, job.teacher == nil,
      let chain = LayerChain(job.graph, behind: job.examples.prefix),
      chain.outputs == job.task.outputCount,
      let compiledLoss = CompiledLoss(
        loss.objective, job.examples.targets, outputs: chain.outputs, kernels)
    else { return nil }
    let names = chain.stages.compactMap(\.linear).flatMap {
      [$0.weight, $0.bias].compactMap(\.self)
    }
    let tensors = Dictionary(model.parameters.map { ($0.name, $0.tensor) }) { first, _ in first }
    let sizes = names.map { tensors[$0]?.numel ?? 0 }
    guard sizes.reduce(0, +) <= Self.mostParameters, Set(names).count == names.count,
      names.allSatisfy({ job.trainability.rule(for: $0).firstEpoch == 1 })
    else { return nil }

    // Align each parameter's gradient to a cache line.
    var places: [String: Int] = [:]
    var size = 0
    for (name, count) in zip(names, sizes) {
      places[name] = size
      size += (count + 15) / 16 * 16
    }
    let memory = FloatMemory(size)
    let byTensor = Dictionary(
      names.compactMap { name in tensors[name].map { (ObjectIdentifier($0), name) } }
    ) { first, _ in first }
    let updates = try optimizer.updateMemory { tensor in
      byTensor[ObjectIdentifier(tensor)].flatMap { places[$0] }.map { memory.start + $0 }
    }
    guard let updates, updates.reduce(0, { $0 + $1.pieces.count }) == names.count else {
      return nil
    }

    self.job = job
    self.optimizer = optimizer
    self.loss = compiledLoss
    self.updates = updates
    gradients = memory
    layerGradients = chain.stages.map { stage in
      stage.linear.flatMap { linear in
        places[linear.weight].map { weight in
          LayerGradients(
            weight: memory.start + weight,
            bias: linear.bias.flatMap { places[$0] }.map { memory.start + $0 })
        }
      }
    }
    let capacity = min(job.batchSize, max(job.trainIndices.count, 1))
    computation = try ChainComputation(
      chain, model, capacity: capacity, kernels: kernels, trains: true)
    filler = try BatchFiller(job.examples, kernels: kernels)
  }

  func step(
    epoch: Int, step: Int, batches: [(number: Int, indices: [Int])]
  ) throws -> StepOutcome {
    let whole = LossStep(loss.objective, batches.map(\.indices), of: job.examples.targets)
    var sums = StepSums()
    var isFirst = true
    for (number, indices) in batches where !indices.isEmpty {
      let rows = indices.count
      try filler.fill(
        indices, augmenting: job.augmentation(epoch: epoch),
        inputs: UnsafeMutableBufferPointer(
          rebasing: computation.input.buffer[..<(rows * computation.chain.inputs)]))
      let scores = try computation.forward(
        rows: rows, training: job.place(epoch: epoch, batch: number))
      guard let gradient = computation.scoreGradient else { break }
      gradient.update(from: scores, count: rows * computation.chain.outputs)
      let result = loss.backward(
        indices, gradient, of: whole, countsCorrect: job.task.runningScore != nil)
      let mean = try TrainingFailure.checked(result.mean, epoch: epoch, step: step)
      sums.add(mean: mean, correct: result.correct, examples: rows)
      try computation.backward(rows: rows, into: layerGradients, adding: !isFirst)
      isFirst = false
    }
    clip()
    try optimizer.step(epoch: epoch, updates, computation.kernels)
    return .known(sums)
  }

  /// Clips gradients to the job's maximum value or global norm, like `clip_grad_value_` and
  /// `clip_grad_norm_`.
  private func clip() {
    if let limit = job.clipValue {
      computation.kernels.clamp(Float(limit), gradients.start, gradients.count)
    }
    guard let limit = job.clipNorm else { return }
    // The padding between parameters is zero.
    let norm = computation.kernels.sum_of_squares(gradients.start, gradients.count).squareRoot()
    let factor = Float(limit / (norm + 1e-6))
    if factor < 1 { computation.kernels.scale(factor, gradients.start, gradients.count) }
  }
}

@available(*, unavailable)
extension CompiledStepper: Sendable {}
