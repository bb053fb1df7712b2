/// The quantity that training minimises, as a graph of operations on model outputs and targets. It
/// decouples losses from the engine that computes them.
package struct Objective: Sendable, Hashable {
  package indirect enum Operation: Sendable, Hashable {
    /// The model outputs, [examples, width].
    case outputs
    /// The targets: [examples] class numbers, or [examples, width] numbers.
    case targets
    /// A one-hot encoding of class numbers, [examples, width].
    case oneHot(Operation)
    case sum(Operation, Operation)
    case difference(Operation, Operation)
    case product(Operation, Operation)
    case scaled(Operation, by: Double)
    case absolute(Operation)
    /// The elementwise minimum with a number.
    case capped(Operation, at: Double)
    /// (a - b)², elementwise.
    case squaredError(Operation, Operation)
    /// Softmax and negative log-likelihood of class numbers, one value per example.
    case crossEntropy(Operation, Operation, labelSmoothing: Double)
    /// Sigmoid and binary cross-entropy, elementwise.
    ///
    /// `positiveWeights` holds one factor per column for the loss of a 1; empty means 1.
    case binaryCrossEntropy(Operation, Operation, positiveWeights: [Double])
  }

  /// One value per example or per output. The loss is their mean.
  package var values: Operation
  /// Converts the outputs to probabilities.
  package var link: ScoreLink

  package init(_ values: Operation, link: ScoreLink = .identity) {
    self.values = values
    self.link = link
  }

  /// The label smoothing of a plain cross-entropy; `nil` for any other objective.
  package var crossEntropySmoothing: Double? {
    if case .crossEntropy(.outputs, .targets, let smoothing) = values { smoothing } else { nil }
  }
}
