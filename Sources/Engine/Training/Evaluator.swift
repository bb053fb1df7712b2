import DataSchema
import Execution
import Graph
import Tasks
import Torch

/// Evaluates a model with its current weights on examples of one set. The setup is done once, however many
/// subsets are evaluated.
package struct Evaluator {
  private let model: Model
  private let loss: LossFunction
  private let examples: ExampleSet
  private let task: any Task
  private let fold: Int
  private let batchSize: Int
  private let compiled: CompiledEvaluation?
  private let decoder: BoxDecoder?
  private let plan: InferencePlan?

  /// - Parameters:
  ///   - fold: the model's fold; 0 for a single training run.
  ///   - batchSize: chosen from the graph if omitted; sums are accumulated example by example.
  ///   - plan: the model compiled for its weights, if these no longer change; otherwise every run compiles it.
  package init(
    _ model: Model, _ loss: LossFunction, _ examples: ExampleSet, task: any Task, fold: Int = 0,
    batchSize: Int? = nil, plan: InferencePlan? = nil
  ) throws {
    self.model = model
    self.plan = plan
    self.loss = loss
    self.examples = examples
    self.task = task
    self.fold = fold
    self.batchSize = batchSize ?? model.graph.evaluationBatch(behind: examples.prefix)
    decoder = try task.boxDecoding.map {
      try BoxDecoder($0, input: model.graph.inputs[0].shape.dims)
    }
    compiled = try CompiledEvaluation(model, loss, examples, outputs: task.outputCount)
  }

  /// Whether custom kernels are used instead of LibTorch.
  package var isCompiled: Bool { compiled != nil }

  /// - Parameters:
  ///   - activity: records the activations.
  ///   - receive: for masks, is given the index of each example and the predicted class of each pixel.
  ///   - progress: is given the number of examples done.
  ///   - isInterrupted: checked between batches.
  /// - Returns: `nil` if interrupted.
  package func run(
    _ indices: [Int], watching activity: ActivityRecorder? = nil,
    receive: ((Int, ClassMap) throws -> Void)? = nil, progress: (Int) -> Void = { _ in },
    isInterrupted: () -> Bool
  ) throws -> Evaluation? {
    let outputs: [Double]
    let sums: LossSums
    if let compiled {
      let result = try compiled.run(
        indices, watching: activity, progress: progress, isInterrupted: isInterrupted)
      guard let result else { return nil }
      (outputs, sums) = (result.outputs.map(Double.init), result.loss)
    } else {
      let result = try compute(
        indices, watching: activity, receive: receive, progress: progress,
        isInterrupted: isInterrupted)
      guard let result else { return nil }
      (outputs, sums) = result
    }
    let layout = task.layout(loss.link)
    return Evaluation(
      predictions: Predictions(
        layout, folds: Array(repeating: fold, count: indices.count), indices: indices,
        targets: examples.targets.selecting(indices).values,
        answers: task.answers(outputs, layout), outputs: outputs),
      loss: sums.value, lossParts: sums.parts)
  }

  /// Computes the predictions, row-major, and the sums of the losses through LibTorch, with the layers of
  /// convolutional models compiled for inference.
  private func compute(
    _ indices: [Int], watching activity: ActivityRecorder?,
    receive: ((Int, ClassMap) throws -> Void)?, progress: (Int) -> Void,
    isInterrupted: () -> Bool
  ) throws -> (outputs: [Double], loss: LossSums)? {
    var outputs: [Double] = []
    var sums = LossSums(loss.objective)
    var done = 0
    let plan = try self.plan ?? model.evaluationPlan(behind: examples.prefix, rows: batchSize)
    try withInferenceMode { () throws -> Void in
      for start in stride(from: 0, to: indices.count, by: batchSize) {
        if isInterrupted() { return }
        let part = indices[start..<min(start + batchSize, indices.count)]
        let batch = try examples.load(part, format: plan?.format ?? model.format)
        let scores =
          try plan?([batch.inputs], observing: activity.map { $0.record })
          ?? model(batch.inputs, behind: examples.prefix, observing: activity.map { $0.record })
        try loss.add(scores, batch.targets, to: &sums)
        if loss.countsPixels {
          let (counts, maps) = try loss.pixelCounts(scores, batch.masks)
          outputs += recorded(counts, maps, batch.masks, scores.shape)
          if let receive { try Self.send(maps, scores.shape, of: part, to: receive) }
        } else if let decoder {
          outputs += try decoder.rows(scores, batch.placements)
        } else {
          outputs += try loss.prediction(scores).floats().lazy.map(Double.init)
        }
        done += part.count
        progress(done)
      }
    }
    return done < indices.count ? nil : (outputs, sums)
  }

  /// The counts of each example, each followed by what the task records besides.
  ///
  /// - Parameter shape: of the outputs, [examples, classes, height, width].
  private func recorded(
    _ counts: [Double], _ maps: [UInt8], _ masks: [UInt8], _ shape: [Int]
  ) -> [Double] {
    let (width, pixels) = (counts.count / shape[0], shape[2] * shape[3])
    return (0..<shape[0]).flatMap { place in
      func map(_ numbers: [UInt8]) -> ClassMap {
        ClassMap(
          height: shape[2], width: shape[3],
          numbers: Array(numbers[(place * pixels)..<((place + 1) * pixels)]))
      }
      return counts[(place * width)..<((place + 1) * width)]
        + task.record(map(maps), truth: map(masks))
    }
  }

  private static func send(
    _ maps: [UInt8], _ shape: [Int], of indices: ArraySlice<Int>,
    to receive: (Int, ClassMap) throws -> Void
  ) throws {
    let pixels = shape[2] * shape[3]
    for (place, index) in indices.enumerated() {
      let numbers = Array(maps[(place * pixels)..<((place + 1) * pixels)])
      try receive(index, ClassMap(height: shape[2], width: shape[3], numbers: numbers))
    }
  }
}

@available(*, unavailable)
extension Evaluator: Sendable {}
