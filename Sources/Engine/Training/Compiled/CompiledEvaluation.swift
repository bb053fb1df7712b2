import CKernels
import Execution
import Tasks
import Torch

/// Evaluates a chain of linear layers with custom kernels in the memory of a single batch. The losses take
/// one pass over the scores.
struct CompiledEvaluation {
  /// Small enough for a batch's inputs and activations to stay in the processor's cache.
  private static let batchSize = 250

  private let examples: ExampleSet
  private let classes: Int
  private let objective: Objective
  private let smoothing: Float
  private let computation: ChainComputation
  private let filler: BatchFiller

  /// Returns `nil` if the graph or the loss needs LibTorch.
  init?(_ model: Model, _ loss: LossFunction, _ examples: ExampleSet, classes: Int) throws {
    guard model.device == .cpu, model.dtype == .float32, model.autocast == nil,
      let smoothing = loss.smoothing,
      let chain = LayerChain(model.graph, behind: examples.prefix), chain.outputs == classes,
      examples.hasLabels(below: classes)
    else { return nil }
    self.examples = examples
    self.classes = classes
    objective = loss.objective
    self.smoothing = Float(smoothing)
    let kernels = ck_best().pointee
    computation = try ChainComputation(
      chain, model, capacity: Self.batchSize, kernels: kernels, trains: false)
    filler = try BatchFiller(examples, kernels: kernels)
  }

  /// - Returns: the scores, row-major, and the sums of the losses; `nil` if interrupted.
  func run(
    _ indices: [Int], watching activity: ActivityRecorder? = nil, isInterrupted: () -> Bool
  ) throws -> (outputs: [Float], loss: LossSums)? {
    var labels = [Int32](repeating: 0, count: indices.count)
    var predictions = [Int32](repeating: 0, count: indices.count)
    var losses = [Float](repeating: 0, count: indices.count)
    var allScores: [Float] = []
    allScores.reserveCapacity(indices.count * classes)
    for start in stride(from: 0, to: indices.count, by: Self.batchSize) {
      if isInterrupted() { return nil }
      let part = start..<min(start + Self.batchSize, indices.count)
      try labels.withUnsafeMutableBufferPointer { labels in
        try filler.fill(
          Array(indices[part]), augmenting: nil,
          inputs: UnsafeMutableBufferPointer(
            rebasing: computation.input.buffer[..<(part.count * computation.chain.inputs)]),
          labels: UnsafeMutableBufferPointer(rebasing: labels[part]))
      }
      let scores = try computation.forward(rows: part.count, training: nil)
      if let activity { computation.report(to: activity, rows: part.count) }
      allScores += UnsafeBufferPointer(start: scores, count: part.count * classes)
      predictions.withUnsafeMutableBufferPointer { predictions in
        losses.withUnsafeMutableBufferPointer { losses in
          labels.withUnsafeBufferPointer { labels in
            computation.kernels.probabilities(
              scores, labels.baseAddress?.advanced(by: start), part.count, classes, smoothing,
              predictions.baseAddress?.advanced(by: start),
              losses.baseAddress?.advanced(by: start))
          }
        }
      }
    }
    var sums = LossSums(objective)
    sums.terms[0] = (losses.reduce(0.0) { $0 + Double($1) }, Double(indices.count))
    return (allScores, sums)
  }
}

@available(*, unavailable)
extension CompiledEvaluation: Sendable {}
