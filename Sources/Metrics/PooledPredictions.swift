/// What a model says of all examples of a set, whatever batches it was asked in.
package struct PooledPredictions: Sendable {
  package let classes: Int
  package private(set) var labels: [Int]
  package private(set) var predictions: [Int]
  /// Row-major, one row an example, one column a class.
  package private(set) var probabilities: [Float]

  /// - Precondition: labels and predictions are below `classes`, and every example has a row of
  ///   `classes` probabilities.
  package init(
    labels: [Int] = [], predictions: [Int] = [], probabilities: [Float] = [], classes: Int
  ) {
    precondition(labels.count == predictions.count)
    precondition(probabilities.count == labels.count * classes)
    precondition((labels + predictions).allSatisfy { (0..<classes).contains($0) })
    self.classes = classes
    self.labels = labels
    self.predictions = predictions
    self.probabilities = probabilities
  }

  package var count: Int { labels.count }

  /// Adds a further batch.
  package mutating func append(_ batch: PooledPredictions) {
    precondition(batch.classes == classes)
    labels += batch.labels
    predictions += batch.predictions
    probabilities += batch.probabilities
  }

  package var confusionMatrix: ConfusionMatrix {
    ConfusionMatrix(labels: labels, predictions: predictions, classes: classes)
  }
}
