import Execution
import Tasks
import Torch

/// A model's predictions and loss on a set of examples.
package struct Evaluation: Sendable {
  package let predictions: Predictions
  /// The loss of all examples together.
  package let loss: Double
  /// The value of each loss of a sum, by name; empty for a single loss.
  package let lossParts: [String: Double]

  /// The loss, the primary score and the metrics, or the reasons why they are undefined.
  package func scores(_ metrics: MetricSet) -> EvaluationScores {
    var scores = EvaluationScores()
    scores.values["loss"] = loss
    for item in metrics.scores(predictions) {
      switch item.outcome {
      case .defined(let value): scores.values[item.key] = value
      case .undefined(let reason): scores.undefined[item.key] = reason
      }
    }
    return scores
  }

  /// The same outputs with the task's decisions (such as predicted classes) applied.
  package func decided(by task: any Task) -> Evaluation {
    Evaluation(
      predictions: task.deciding(predictions), loss: loss, lossParts: lossParts)
  }

  /// Evaluates a model in evaluation mode.
  ///
  /// - Parameters:
  ///   - batchSize: chosen from the graph if omitted; sums are accumulated example by example.
  ///   - activity: records the activations.
  ///   - receive: for masks, is given the index of each example and the predicted class of each pixel.
  ///   - progress: is given the number of examples done.
  ///   - isInterrupted: checked between batches.
  /// - Returns: `nil` if interrupted.
  package static func run(
    _ model: Model, _ loss: LossFunction, _ examples: ExampleSet, _ indices: [Int],
    task: any Task, fold: Int = 0, batchSize: Int? = nil,
    watching activity: ActivityRecorder? = nil,
    receive: ((Int, ClassMap) throws -> Void)? = nil, progress: (Int) -> Void = { _ in },
    isInterrupted: () -> Bool
  ) throws -> Evaluation? {
    try Evaluator(model, loss, examples, task: task, fold: fold, batchSize: batchSize)
      .run(
        indices, watching: activity, receive: receive, progress: progress,
        isInterrupted: isInterrupted)
  }

  /// Evaluates without support for interruption.
  package static func run(
    _ model: Model, _ loss: LossFunction, _ examples: ExampleSet, _ indices: [Int],
    task: any Task
  ) throws -> Evaluation {
    guard
      let result = try run(model, loss, examples, indices, task: task, isInterrupted: { false })
    else { throw TorchError(operation: "evaluation", message: "it has no result") }
    return result
  }
}

/// The results of an evaluation, by key.
package struct EvaluationScores: Sendable, Equatable {
  package var values: [String: Double] = [:]
  /// The reason why a metric has no value, by its key.
  package var undefined: [String: String] = [:]

  package init() {}

  /// The same scores with a prefix added to every key.
  func prefixed(_ prefix: String) -> EvaluationScores {
    var scores = EvaluationScores()
    for (key, value) in values { scores.values[prefix + key] = value }
    for (key, reason) in undefined { scores.undefined[prefix + key] = reason }
    return scores
  }

  mutating func merge(_ other: EvaluationScores) {
    values.merge(other.values) { $1 }
    undefined.merge(other.undefined) { $1 }
  }
}
