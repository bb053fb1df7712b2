import CKernels
import Execution
import Tasks
import Torch

/// Evaluates a chain of layers with custom kernels in the memory of a batch for each thread. The losses
/// take one pass over the outputs. Results do not depend on the number of threads.
struct CompiledEvaluation {
  /// Small enough for a batch's inputs and activations to stay in the processor's cache.
  private let batchSize: Int
  private let filler: BatchFiller
  /// One for each thread.
  private let lanes: [Lane]

  /// What computes one batch at a time.
  private struct Lane {
    let computation: ChainComputation
    let loss: CompiledLoss
  }

  /// Returns `nil` if the graph or the loss needs LibTorch.
  ///
  /// - Parameter outputs: per example.
  init?(_ model: Model, _ loss: LossFunction, _ examples: ExampleSet, outputs: Int) throws {
    let kernels = ck_best().pointee
    guard model.device == .cpu, model.dtype == .float32, model.autocast == nil,
      let chain = LayerChain(model.graph, behind: examples.prefix), chain.outputs == outputs,
      let compiledLoss = CompiledLoss(
        loss.objective, examples.targets, outputs: outputs, kernels)
    else { return nil }
    let batchSize = chain.pictureStages > 0 ? 64 : 250
    self.batchSize = batchSize
    lanes = try (0..<Runtime.threadCount).map { _ in
      Lane(
        computation: try ChainComputation(
          chain, model, capacity: batchSize, kernels: kernels, trains: false),
        loss: CompiledLoss(copying: compiledLoss))
    }
    filler = try BatchFiller(examples, kernels: kernels)
  }

  /// - Returns: the outputs, row-major, and the sums of the losses; `nil` if interrupted.
  func run(
    _ indices: [Int], watching activity: ActivityRecorder? = nil,
    progress: (Int) -> Void = { _ in },
    isInterrupted: () -> Bool
  ) throws -> (outputs: [Float], loss: LossSums)? {
    var sums = LossSums(lanes[0].loss.objective)
    let width = lanes[0].computation.chain.outputs
    var outputs = [Float](repeating: 0, count: indices.count * width)
    let batches = stride(from: 0, to: indices.count, by: batchSize).map {
      indices[$0..<min($0 + batchSize, indices.count)]
    }
    for lane in lanes { lane.computation.pack() }
    for start in stride(from: 0, to: batches.count, by: lanes.count) {
      if isInterrupted() { return nil }
      let group = batches[start..<min(start + lanes.count, batches.count)]
      if !filler.isThreadSafe {
        for (batch, lane) in zip(group, lanes) { try fill(batch, lane) }
      }
      try outputs.withUnsafeMutableBufferPointer { outputs in
        try forEachPart(group.count) { part in
          try compute(group[start + part], lanes[part], outputs)
        }
      }
      for (batch, lane) in zip(group, lanes) {
        if let activity { lane.computation.report(to: activity, rows: batch.count) }
        lane.loss.add(to: &sums)
        progress(batch.endIndex)
      }
    }
    return (outputs, sums)
  }

  private func fill(_ batch: ArraySlice<Int>, _ lane: Lane) throws {
    try filler.fill(
      batch, augmenting: nil, inputs: lane.computation.inputs(of: 0..<batch.count))
  }

  /// Computes the losses of a batch and its rows of `outputs`.
  private func compute(
    _ batch: ArraySlice<Int>, _ lane: Lane, _ outputs: UnsafeMutableBufferPointer<Float>
  ) throws {
    if filler.isThreadSafe { try fill(batch, lane) }
    let scores = try lane.computation.forward(0..<batch.count, training: nil)
    let width = lane.computation.chain.outputs
    let target = outputs.baseAddress.map { $0 + batch.startIndex * width }
    target?.update(from: scores, count: batch.count * width)
    lane.loss.evaluate(batch, scores)
  }
}

@available(*, unavailable)
extension CompiledEvaluation: Sendable {}
