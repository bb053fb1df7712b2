/// The answers of one or more models to some examples, for any task.
///
/// The arrays are row-major, one row per example, as wide as the columns of ``layout``.
package struct Predictions: Sendable, Equatable {
  package let layout: PredictionLayout
  /// For each row, the fold or seed whose model answered; 0 for a single training.
  package var folds: [Int]
  /// Positions in the whole training or test set.
  package var indices: [Int]
  package var targets: [Float]
  /// The decisions.
  package var answers: [Int]
  /// The model's outputs.
  package var outputs: [Double]

  package init(_ layout: PredictionLayout) {
    self.layout = layout
    folds = []
    indices = []
    targets = []
    answers = []
    outputs = []
  }

  /// - Precondition: every example has a row in each array.
  package init(
    _ layout: PredictionLayout, folds: [Int], indices: [Int], targets: [Float], answers: [Int],
    outputs: [Double]
  ) {
    precondition(folds.count == indices.count)
    precondition(targets.count == indices.count * layout.targets.count)
    precondition(answers.count == indices.count * layout.answers.count)
    precondition(outputs.count == indices.count * layout.outputs.count)
    self.layout = layout
    self.folds = folds
    self.indices = indices
    self.targets = targets
    self.answers = answers
    self.outputs = outputs
  }

  package var count: Int { indices.count }

  /// Appends rows of the same layout.
  package mutating func append(_ other: Predictions) {
    precondition(other.layout == layout)
    folds += other.folds
    indices += other.indices
    targets += other.targets
    answers += other.answers
    outputs += other.outputs
  }

  package func targets(at row: Int) -> ArraySlice<Float> {
    targets[(row * layout.targets.count)..<((row + 1) * layout.targets.count)]
  }

  package func answers(at row: Int) -> ArraySlice<Int> {
    answers[(row * layout.answers.count)..<((row + 1) * layout.answers.count)]
  }

  package func outputs(at row: Int) -> ArraySlice<Double> {
    outputs[(row * layout.outputs.count)..<((row + 1) * layout.outputs.count)]
  }

  /// The probabilities, or the outputs themselves if they are not scores; row-major.
  package var probabilities: [Double] {
    layout.link.probabilities(outputs, classes: layout.outputs.count)
  }

  package func probabilities(at row: Int) -> [Double] {
    layout.link.probabilities(Array(outputs(at: row)), classes: layout.outputs.count)
  }

  /// The rows with these indices, in this order.
  package func selecting(_ rows: [Int]) -> Predictions {
    Predictions(
      layout, folds: rows.map { folds[$0] }, indices: rows.map { indices[$0] },
      targets: rows.flatMap { targets(at: $0) }, answers: rows.flatMap { answers(at: $0) },
      outputs: rows.flatMap { outputs(at: $0) })
  }

  /// The same rows with other outputs and answers.
  func replacing(outputs: [Double], answers: [Int]) -> Predictions {
    Predictions(
      layout, folds: folds, indices: indices, targets: targets, answers: answers, outputs: outputs)
  }

  /// Whether row `row` has the same answers and bitwise identical outputs as row `other` of
  /// `others`.
  package func isSame(_ row: Int, as other: Int, of others: Predictions) -> Bool {
    answers(at: row).elementsEqual(others.answers(at: other))
      && outputs(at: row).elementsEqual(others.outputs(at: other)) {
        $0.bitPattern == $1.bitPattern
      }
  }
}
