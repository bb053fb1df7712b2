import CKernels
import Execution
import Tasks
import Torch

/// Evaluates a chain of linear layers with custom kernels in the memory of a single batch. The losses take
/// one pass over the outputs.
struct CompiledEvaluation {
  /// Small enough for a batch's inputs and activations to stay in the processor's cache.
  private static let batchSize = 250

  private let loss: CompiledLoss
  private let computation: ChainComputation
  private let filler: BatchFiller

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
    self.loss = compiledLoss
    computation = try ChainComputation(
      chain, model, capacity: Self.batchSize, kernels: kernels, trains: false)
    filler = try BatchFiller(examples, kernels: kernels)
  }

  /// - Returns: the outputs, row-major, and the sums of the losses; `nil` if interrupted.
  func run(
    _ indices: [Int], watching activity: ActivityRecorder? = nil,
    progress: (Int) -> Void = { _ in },
    isInterrupted: () -> Bool
  ) throws -> (outputs: [Float], loss: LossSums)? {
    var sums = LossSums(loss.objective)
    var outputs: [Float] = []
    outputs.reserveCapacity(indices.count * computation.chain.outputs)
    for start in stride(from: 0, to: indices.count, by: Self.batchSize) {
      if isInterrupted() { return nil }
      let part = Array(indices[start..<min(start + Self.batchSize, indices.count)])
      try filler.fill(
        part, augmenting: nil,
        inputs: UnsafeMutableBufferPointer(
          rebasing: computation.input.buffer[..<(part.count * computation.chain.inputs)]))
      let scores = try computation.forward(rows: part.count, training: nil)
      if let activity { computation.report(to: activity, rows: part.count) }
      outputs += UnsafeBufferPointer(start: scores, count: part.count * computation.chain.outputs)
      loss.add(part, scores, to: &sums)
      progress(start + part.count)
    }
    return (outputs, sums)
  }
}

@available(*, unavailable)
extension CompiledEvaluation: Sendable {}
