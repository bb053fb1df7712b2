import Execution
import Metrics
import Torch

/// What a model says of a set of examples.
package struct Evaluation: Sendable {
  /// The examples' positions in their data set.
  package let indices: [Int]
  package let labels: [Int]
  package let predictions: [Int]
  /// Row-major, one row an example, one column a class.
  package let probabilities: [Float]
  package let classes: Int
  /// The mean over the examples.
  package let loss: Double

  package var pooled: PooledPredictions {
    PooledPredictions(
      labels: labels, predictions: predictions, probabilities: probabilities, classes: classes)
  }

  /// The share of right predictions; nothing without examples.
  package var accuracy: Double? {
    let matrix = ConfusionMatrix(labels: labels, predictions: predictions, classes: classes)
    return matrix.total == 0 ? nil : Double(matrix.correct) / Double(matrix.total)
  }

  /// `loss` and what the metrics say, without what the examples do not define.
  package func values(_ metrics: MetricSet) -> [String: Double] {
    var values = ["loss": loss]
    for value in metrics.values(pooled) { values[value.key] = value.value }
    return values
  }

  package func probabilities(at position: Int) -> ArraySlice<Float> {
    probabilities[(position * classes)..<((position + 1) * classes)]
  }

  /// Evaluates a model in evaluation mode.
  ///
  /// - Parameter batchSize: only a matter of speed; sums are made example by example.
  package static func run(
    _ model: Model, _ loss: LossFunction, _ examples: ExampleSet, _ indices: [Int], classes: Int,
    batchSize: Int = 1000
  ) throws -> Evaluation {
    var predictions: [Int] = []
    var probabilities: [Float] = []
    var total = 0.0
    try withInferenceMode { () throws -> Void in
      var start = 0
      while start < indices.count {
        let part = indices[start..<min(start + batchSize, indices.count)]
        let (images, labels) = try examples.batch(part)
        let scores = try model(images)
        for value in try loss.perExample(scores, labels) { total += Double(value) }
        let rows = try loss.probabilities(scores).floats()
        predictions += Self.predictions(try scores.floats(), classes: classes)
        probabilities += rows
        start += batchSize
      }
    }
    return Evaluation(
      indices: indices, labels: indices.map { Int(examples.labels[$0]) },
      predictions: predictions, probabilities: probabilities, classes: classes,
      loss: indices.isEmpty ? 0 : total / Double(indices.count))
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
