import Execution
import Graph
import Metrics
import Torch

/// Evaluates a model, as it is now, on examples of one set. What that needs is made once, however many
/// parts of the set are evaluated.
package struct Evaluator {
  private let model: Model
  private let loss: LossFunction
  private let examples: ExampleSet
  private let classes: Int
  private let batchSize: Int
  private let compiled: CompiledEvaluation?

  /// - Parameter batchSize: what the graph allows if left out; sums are made example by example.
  package init(
    _ model: Model, _ loss: LossFunction, _ examples: ExampleSet, classes: Int,
    batchSize: Int? = nil
  ) throws {
    self.model = model
    self.loss = loss
    self.examples = examples
    self.classes = classes
    self.batchSize = batchSize ?? model.graph.evaluationBatch(behind: examples.prefix)
    compiled = try CompiledEvaluation(model, loss, examples, classes: classes)
  }

  /// Whether kernels for this model compute it, and not LibTorch.
  package var isCompiled: Bool { compiled != nil }

  /// - Parameters:
  ///   - activity: watches the activations.
  ///   - isInterrupted: asked between batches.
  /// - Returns: `nil` if it was interrupted.
  package func run(
    _ indices: [Int], watching activity: ActivityRecorder? = nil, isInterrupted: () -> Bool
  ) throws -> Evaluation? {
    if let compiled {
      return try compiled.run(indices, watching: activity, isInterrupted: isInterrupted)
    }
    var predictions: [Int] = []
    var allScores: [Float] = []
    var total = 0.0
    try withInferenceMode { () throws -> Void in
      for start in stride(from: 0, to: indices.count, by: batchSize) {
        if isInterrupted() { return }
        let part = indices[start..<min(start + batchSize, indices.count)]
        let (inputs, labels) = try examples.batch(part, format: model.format)
        let scores = try model(
          inputs, behind: examples.prefix, observing: activity.map { $0.record })
        for value in try loss.perExample(scores, labels) { total += Double(value) }
        let rows = try scores.floats()
        predictions += Evaluation.predictions(rows, classes: classes)
        allScores += rows
      }
    }
    if predictions.count < indices.count { return nil }
    return Evaluation(
      indices: indices, labels: indices.map { Int(examples.labels[$0]) },
      predictions: predictions, scores: allScores, link: loss.link, classes: classes,
      loss: indices.isEmpty ? 0 : total / Double(indices.count))
  }
}

@available(*, unavailable)
extension Evaluator: Sendable {}
