/// What training minimises, as a graph of operations on the model's outputs and the targets: whoever
/// computes it need not know the loss, and a loss need not know with what it is computed.
package struct Objective: Sendable, Hashable {
  package indirect enum Operation: Sendable, Hashable {
    /// The model's outputs, [examples, width].
    case outputs
    /// The targets: [examples] class numbers, or [examples, width] numbers.
    case targets
    /// 1 for the class of each example and 0 for the others, [examples, width].
    case oneHot(Operation)
    case sum(Operation, Operation)
    case difference(Operation, Operation)
    case product(Operation, Operation)
    case scaled(Operation, by: Double)
    case absolute(Operation)
    /// The smaller of each element and a number.
    case capped(Operation, at: Double)
    /// (a - b)², element by element.
    case squaredError(Operation, Operation)
    /// Softmax and negative log-likelihood of class numbers, one value an example.
    case crossEntropy(Operation, Operation, labelSmoothing: Double)
    /// Sigmoid and binary cross-entropy, element by element.
    ///
    /// `positiveWeights`: one a column, what the loss of a 1 is multiplied by; empty for 1.
    case binaryCrossEntropy(Operation, Operation, positiveWeights: [Double])
  }

  /// One value an example, or one an output. The loss is their mean.
  package var values: Operation
  /// What makes probabilities of the outputs.
  package var link: ScoreLink

  package init(_ values: Operation, link: ScoreLink = .identity) {
    self.values = values
    self.link = link
  }

  /// The label smoothing of a plain cross-entropy; `nil` for everything else.
  package var crossEntropySmoothing: Double? {
    if case .crossEntropy(.outputs, .targets, let smoothing) = values { smoothing } else { nil }
  }
}
