import Execution
import Graph
import Metrics
import Torch

/// What a model says of a set of examples.
package struct Evaluation: Sendable {
  /// The examples' positions in their data set.
  package let indices: [Int]
  package let labels: [Int]
  package let predictions: [Int]
  /// The model's outputs. Row-major, one row an example, one column a class.
  package let scores: [Float]
  /// What makes probabilities of the scores.
  package let link: ScoreLink
  package let classes: Int
  /// The mean over the examples.
  package let loss: Double

  package var pooled: PooledPredictions {
    PooledPredictions(
      labels: labels, predictions: predictions, scores: scores.map(Double.init), link: link,
      classes: classes)
  }

  package var confusionMatrix: ConfusionMatrix { pooled.confusionMatrix }

  /// The share of examples whose class was predicted.
  package var accuracy: Double {
    let matrix = confusionMatrix
    return matrix.total == 0 ? 0 : Double(matrix.correct) / Double(matrix.total)
  }

  /// `loss`, `accuracy` and the values of the metrics, or why they have none.
  package func scores(_ metrics: MetricSet) -> EvaluationScores {
    var scores = EvaluationScores()
    scores.values["loss"] = loss
    for item in metrics.values(pooled) {
      switch item.outcome {
      case .defined(let value): scores.values[item.key] = value
      case .undefined(let reason): scores.undefined[item.key] = reason
      }
    }
    if scores.values["accuracy"] == nil, !labels.isEmpty { scores.values["accuracy"] = accuracy }
    return scores
  }

  package func scores(at position: Int) -> ArraySlice<Float> {
    scores[(position * classes)..<((position + 1) * classes)]
  }

  package func probabilities(at position: Int) -> [Double] {
    link.probabilities(scores(at: position).map(Double.init), classes: classes)
  }

  /// Evaluates a model in evaluation mode.
  ///
  /// - Parameters:
  ///   - batchSize: what the graph allows if left out; sums are made example by example.
  ///   - activity: watches the activations.
  ///   - isInterrupted: asked between batches.
  /// - Returns: `nil` if it was interrupted.
  package static func run(
    _ model: Model, _ loss: LossFunction, _ examples: ExampleSet, _ indices: [Int], classes: Int,
    batchSize: Int? = nil, watching activity: ActivityRecorder? = nil, isInterrupted: () -> Bool
  ) throws -> Evaluation? {
    try Evaluator(model, loss, examples, classes: classes, batchSize: batchSize)
      .run(indices, watching: activity, isInterrupted: isInterrupted)
  }

  /// Evaluates without a way to interrupt it.
  package static func run(
    _ model: Model, _ loss: LossFunction, _ examples: ExampleSet, _ indices: [Int], classes: Int
  ) throws -> Evaluation {
    guard
      let result = try run(
        model, loss, examples, indices, classes: classes, isInterrupted: { false })
    else { throw TorchError(operation: "evaluation", message: "it has no result") }
    return result
  }

  /// The class with the largest score of each row; the first of equal ones, as PyTorch's argmax.
  static func predictions(_ scores: [Float], classes: Int) -> [Int] {
    var result: [Int] = []
    result.reserveCapacity(scores.count / classes)
    var start = 0
    while start < scores.count {
      var best = 0
      for label in 1..<classes where scores[start + label] > scores[start + best] { best = label }
      result.append(best)
      start += classes
    }
    return result
  }
}

/// The numbers of an evaluation, by key.
package struct EvaluationScores: Sendable, Equatable {
  package var values: [String: Double] = [:]
  /// By the key of a metric without a value: the reason.
  package var undefined: [String: String] = [:]

  package init() {}

  /// The same with a prefix in front of every key.
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
