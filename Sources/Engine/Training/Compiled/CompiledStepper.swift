import CKernels
import Execution
import Graph
import Tasks
import Torch

/// Training steps of a chain of layers in custom kernels. Each element is touched once for bias,
/// activation and dropout, once for the loss forward and backward, and once by the optimizer.
///
/// Weights and moments remain the tensors of ``Model`` and ``Optimizer`` and are updated in place, so
/// evaluation, weight averages, snapshots and restoring work unchanged.
///
/// Threads first compute some rows of the batch each, forward and backward, and then the gradients and the update of
/// some units each.
final class CompiledStepper: TrainingStepper {
  /// Above this parameter count, LibTorch's multithreading outweighs what custom kernels save.
  private static let mostParameters = 1 << 22

  private let job: TrainingJob
  private let optimizer: Optimizer
  private let rowParts: [RowPart]
  private let computation: ChainComputation
  private let filler: BatchFiller
  private let gradients: FloatMemory
  private let layerGradients: [LayerGradients?]
  private let updates: [UpdateMemory]
  private let unitParts: [UnitPart]

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
    let names = chain.stages.compactMap(\.parameters).flatMap(\.names)
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

    let threads = Runtime.threadCount
    self.job = job
    self.optimizer = optimizer
    rowParts = (0..<threads).map { _ in RowPart(CompiledLoss(copying: compiledLoss)) }
    self.updates = updates
    gradients = memory
    let layerGradients: [LayerGradients?] = chain.stages.map { stage in
      stage.parameters.flatMap { parameters in
        places[parameters.weight].map { weight in
          LayerGradients(
            weight: memory.start + weight,
            bias: parameters.bias.flatMap { places[$0] }.map { memory.start + $0 })
        }
      }
    }
    self.layerGradients = layerGradients
    unitParts = UnitPart.divide(chain, layerGradients, updates, among: threads)
    let capacity = min(job.batchSize, max(job.trainIndices.count, 1))
    computation = try ChainComputation(
      chain, model, capacity: capacity, parts: threads, kernels: kernels, trains: true)
    filler = try BatchFiller(job.examples, kernels: kernels)
  }

  func step(
    epoch: Int, step: Int, batches: [(number: Int, indices: [Int])]
  ) throws -> StepOutcome {
    let objective = rowParts[0].loss.objective
    let whole = LossStep(objective, batches.map(\.indices), of: job.examples.targets)
    let batches = batches.filter { !$0.indices.isEmpty }
    var sums = StepSums()
    computation.pack()
    for (place, (number, indices)) in batches.enumerated() {
      let parts = RowPart.divide(indices.count, among: rowParts.count)
      try compute(
        parts, indices, epoch: epoch, batch: number, of: whole, step: step, &sums)
      let updates = place == batches.count - 1 && !clips
      try forEachPart(unitParts.count) { part in
        try computation.parameterGradients(
          rows: indices.count, parts: parts.count, unitParts[part].units, into: layerGradients,
          adding: place > 0)
        if updates { try update(unitParts[part], epoch: epoch) }
      }
    }
    if clips {
      clip()
      try forEachPart(unitParts.count) { part in try update(unitParts[part], epoch: epoch) }
    }
    optimizer.countStep(epoch: epoch, updates)
    return .known(sums)
  }

  /// Computes a batch up to the gradients of the layers' outputs.
  private func compute(
    _ parts: [Range<Int>], _ indices: [Int], epoch: Int, batch: Int, of whole: LossStep, step: Int,
    _ sums: inout StepSums
  ) throws {
    if !filler.isThreadSafe { try fill(indices[...], epoch: epoch) }
    let place = job.place(epoch: epoch, batch: batch)
    try forEachPart(parts.count) { part in
      let rows = parts[part]
      if filler.isThreadSafe { try fill(indices[rows], epoch: epoch) }
      let scores = try computation.forward(rows, part: part, training: place)
      guard let gradient = computation.scoreGradient(of: rows) else { return }
      gradient.update(from: scores, count: rows.count * computation.chain.outputs)
      rowParts[part].result = rowParts[part].loss.backward(
        indices[rows], gradient, of: whole, countsCorrect: job.task.runningScore != nil)
      try computation.backward(rows, part: part)
    }
    let results = rowParts[..<parts.count].map(\.result)
    let mean = rowParts[0].loss.mean(
      results.reduce(0) { $0 + $1.sum }, examples: indices.count, of: whole)
    sums.add(
      mean: try TrainingFailure.checked(mean, epoch: epoch, step: step),
      correct: results.reduce(0) { $0 + $1.correct }, examples: indices.count)
  }

  /// Writes some rows of a batch, the whole one or a part of it.
  private func fill(_ indices: ArraySlice<Int>, epoch: Int) throws {
    try filler.fill(
      indices, augmenting: job.augmentation(epoch: epoch),
      inputs: computation.inputs(of: indices.startIndex..<indices.endIndex))
  }

  private func update(_ part: UnitPart, epoch: Int) throws {
    try optimizer.update(epoch: epoch, part.updates, computation.kernels)
  }

  private var clips: Bool { job.clipValue != nil || job.clipNorm != nil }

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
