/// The quantity that training minimises, as a graph of operations on model outputs and targets. It
/// decouples losses from the engine that computes them.
package struct Objective: Sendable, Hashable {
  package indirect enum Operation: Sendable, Hashable {
    /// The model outputs, [examples, width]; for masks [examples, classes, height, width].
    case outputs
    /// The targets: [examples] class numbers, [examples, width] numbers, or masks [examples, height, width] of
    /// class numbers.
    case targets
    /// A one-hot encoding of class numbers, [examples, width].
    case oneHot(Operation)
    case sum(Operation, Operation)
    case difference(Operation, Operation)
    case product(Operation, Operation)
    case quotient(Operation, Operation)
    case scaled(Operation, by: Double)
    case shifted(Operation, by: Double)
    case absolute(Operation)
    case exponential(Operation)
    /// The natural logarithm.
    case logarithm(Operation)
    case sigmoid(Operation)
    /// ln(1 + exp(x)).
    case softplus(Operation)
    /// The logarithm of softmax over each row.
    case logSoftmax(Operation)
    case power(Operation, exponent: Double)
    /// The elementwise minimum with a number.
    case capped(Operation, at: Double)
    /// The elementwise maximum with a number. The gradient is that of the operand, also below the
    /// limit.
    case floored(Operation, at: Double)
    /// Consecutive columns, [examples, count].
    case columns(Operation, first: Int, count: Int)
    /// Each column multiplied by its number.
    case columnsScaled(Operation, by: [Double])
    /// The number of each class number, [examples].
    case numberOfClass(Operation, numbers: [Double])
    /// (a - b)², elementwise.
    case squaredError(Operation, Operation)
    /// Softmax and negative log-likelihood of class numbers, one value per example.
    ///
    /// `classWeights` holds one factor per class; empty means 1. As in PyTorch, smoothing weighs the
    /// part of each class by the class's own factor.
    case crossEntropy(Operation, Operation, labelSmoothing: Double, classWeights: [Double] = [])
    /// Sigmoid and binary cross-entropy, elementwise.
    ///
    /// `positiveWeights` holds one factor per column for the loss of a 1; empty means 1.
    case binaryCrossEntropy(Operation, Operation, positiveWeights: [Double])
    /// PyTorch's `poisson_nll_loss`, elementwise: of rates, or of their logarithms if `logInput`.
    case poisson(Operation, Operation, logInput: Bool, isFull: Bool, epsilon: Double)
    /// t (ln t - x) of log-probabilities x and probabilities t, elementwise; 0 where t is 0.
    case divergence(Operation, Operation)
    /// One minus the Dice coefficient of scores [examples, classes, height, width] and masks, one value per
    /// example: over its pixels that have a class, the mean over the classes of
    /// 1 - (2 Σ p t + smooth) / (Σ p + Σ t + smooth), where p is the softmax of the scores and t is 1 for the
    /// pixel's class.
    case dice(Operation, Operation, smooth: Double)
    /// The number of pixels of each true class (row) for which each class (column) has the largest score, without
    /// pixels that have no class: [examples, classes²] of scores and masks. Of equal scores the first counts.
    case pixelCounts(Operation, Operation)
    /// A loss of the points of a detector, one value per example: the sum over its points. Outputs are
    /// [examples, points, classes + 5], targets [examples, boxes, 5]: class and edges. See ``FCOS``.
    ///
    /// `radius` is how many strides a point may be away from the center of its box.
    case points(Operation, Operation, PointLoss, radius: Double)
  }

  /// The losses that a detector without anchors has at every point.
  package enum PointLoss: String, Sendable, Hashable, CaseIterable {
    /// Sigmoid focal loss of all classes, at every point.
    case classification
    /// One minus the generalised intersection over union, at points with a box.
    case boxes = "bbox_regression"
    /// Binary cross-entropy of the centerness, at points with a box.
    case centerness = "bbox_ctrness"
  }

  /// One loss of a sum.
  package struct Term: Sendable, Hashable {
    /// The loss's name in experiments.
    package var name: String
    /// One value per example or per output.
    package var values: Operation
    /// The weight of each class. The term is then the sum of `values`, which include the weights,
    /// divided by the sum of the weights of the targets; of masks, of their pixels, where those without a class
    /// weigh 0. If empty, it is the mean of `values`.
    package var classWeights: [Double]
    /// What the term is multiplied by.
    package var scale: Double

    package init(
      _ name: String, _ values: Operation, classWeights: [Double] = [], scale: Double = 1
    ) {
      self.name = name
      self.values = values
      self.classWeights = classWeights
      self.scale = scale
    }

    /// Whether the term is the sum of `values` divided by the number of points with a box, or by 1 if there is none.
    package var countsPoints: Bool { if case .points = values { true } else { false } }
  }

  /// The loss is the sum of these, at least one.
  package var terms: [Term]
  /// Converts the outputs to probabilities.
  package var link: ScoreLink
  /// What the model's outputs say about the targets, as wide as the targets, or the counts of what they say
  /// about masks; recorded as predictions.
  package var prediction: Operation

  package init(
    _ terms: [Term], link: ScoreLink = .identity, prediction: Operation = .outputs
  ) {
    self.terms = terms
    self.link = link
    self.prediction = prediction
  }

  /// An objective that is the mean of `values`.
  package init(_ values: Operation, link: ScoreLink = .identity) {
    self.init([Term("", values)], link: link)
  }

  /// Whether a term is divided by the sum of the weights of the targets, so that the means of
  /// several batches do not add up by their numbers of examples.
  package var hasClassWeights: Bool { terms.contains { !$0.classWeights.isEmpty } }

  /// Whether it is the loss of a detector, whose terms are divided by numbers of points.
  package var countsPoints: Bool { terms.contains(where: \.countsPoints) }
}

extension Objective.Operation {
  /// The operations that it is composed of.
  package var parts: [Objective.Operation] {
    switch self {
    case .outputs, .targets: []
    case .oneHot(let a), .scaled(let a, _), .shifted(let a, _), .absolute(let a),
      .exponential(let a), .logarithm(let a), .sigmoid(let a), .softplus(let a),
      .logSoftmax(let a), .power(let a, _), .capped(let a, _), .floored(let a, _),
      .columns(let a, _, _), .columnsScaled(let a, _), .numberOfClass(let a, _):
      [a]
    case .sum(let a, let b), .difference(let a, let b), .product(let a, let b),
      .quotient(let a, let b), .squaredError(let a, let b), .crossEntropy(let a, let b, _, _),
      .binaryCrossEntropy(let a, let b, _), .poisson(let a, let b, _, _, _),
      .divergence(let a, let b), .dice(let a, let b, _), .pixelCounts(let a, let b),
      .points(let a, let b, _, _):
      [a, b]
    }
  }

  /// Whether it, or an operation that it is composed of, is a one-hot encoding.
  package var usesOneHot: Bool {
    switch self {
    case .oneHot, .dice: true
    default: parts.contains(where: \.usesOneHot)
    }
  }

  /// The lists of numbers in it and in the operations that it is composed of.
  package var numberLists: [[Double]] {
    let own: [[Double]] =
      switch self {
      case .columnsScaled(_, let numbers), .numberOfClass(_, let numbers),
        .crossEntropy(_, _, _, let numbers), .binaryCrossEntropy(_, _, let numbers):
        numbers.isEmpty ? [] : [numbers]
      default: []
      }
    return own + parts.flatMap(\.numberLists)
  }
}

extension Objective.Operation {
  /// `number` minus the operation.
  package static func - (number: Double, operation: Objective.Operation) -> Objective.Operation {
    .shifted(.scaled(operation, by: -1), by: number)
  }
}
