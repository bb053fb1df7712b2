import CKernels
import DataSchema
import Tasks

/// An objective that kernels compute: cross-entropy with or without class weights, squared error, or binary
/// cross-entropy. The definition of its value is that of ``LossFunction``.
final class CompiledLoss {
  let objective: Objective
  private let kind: Kind
  private let targets: Targets
  private let outputs: Int
  private let kernels: ck_kernels
  // The targets and results of a batch.
  private var labels: [Int32] = []
  private var numbers: [Float] = []
  private var losses: [Float] = []
  private var predictions: [Int32] = []
  private var weight = 0.0

  private enum Kind {
    /// `weights` are those of the classes; empty if all are 1.
    case crossEntropy(smoothing: Float, weights: [Float])
    /// `weights` are those of a target of 1, by column; empty if all are 1.
    case outputs(ck_output_loss, OutputTargets, weights: [Float])
  }

  /// Returns `nil` if there is no kernel for the objective.
  ///
  /// - Parameters:
  ///   - targets: those of the whole data set.
  ///   - outputs: per example.
  init?(_ objective: Objective, _ targets: Targets, outputs: Int, _ kernels: ck_kernels) {
    guard objective.terms.count == 1, let term = objective.terms.first, term.scale == 1,
      objective.prediction == .outputs
    else { return nil }
    switch term.values {
    case .crossEntropy(.outputs, .targets, let smoothing, let weights)
    where weights == term.classWeights && targets.areClasses(below: outputs):
      kind = .crossEntropy(smoothing: Float(smoothing), weights: weights.map { Float($0) })
    case .squaredError(.outputs, let operation) where term.classWeights.isEmpty:
      guard let numbers = OutputTargets(operation, targets, outputs: outputs) else { return nil }
      kind = .outputs(CK_SQUARED_ERROR, numbers, weights: [])
    case .binaryCrossEntropy(.outputs, let operation, let weights)
    where term.classWeights.isEmpty:
      guard let numbers = OutputTargets(operation, targets, outputs: outputs) else { return nil }
      kind = .outputs(CK_BINARY_CROSS_ENTROPY, numbers, weights: weights.map { Float($0) })
    default: return nil
    }
    self.objective = objective
    self.targets = targets
    self.outputs = outputs
    self.kernels = kernels
  }

  /// The same loss, for another thread.
  init(copying other: CompiledLoss) {
    objective = other.objective
    kind = other.kind
    targets = other.targets
    outputs = other.outputs
    kernels = other.kernels
  }

  /// The losses of some examples of a batch.
  struct Part {
    var sum = 0.0
    var correct = 0
  }

  /// Replaces the outputs of some examples of a batch by the gradient of the step's loss.
  ///
  /// - Parameters:
  ///   - scores: the outputs, row-major.
  ///   - countsCorrect: whether examples are correct if the largest output is that of their class.
  func backward(
    _ indices: ArraySlice<Int>, _ scores: UnsafeMutablePointer<Float>, of step: LossStep,
    countsCorrect: Bool
  ) -> Part {
    switch kind {
    case .crossEntropy(let smoothing, let weights):
      readLabels(indices)
      let result = weights.withUnsafeBufferPointer { weights in
        kernels.cross_entropy(
          scores, labels, indices.count, outputs,
          ck_cross_entropy(
            smoothing: smoothing, weights: weights.isEmpty ? nil : weights.baseAddress),
          1 / Float(divisor(of: step)))
      }
      return Part(sum: result.sum, correct: result.correct)
    case .outputs(let loss, let targets, let weights):
      let correct = countsCorrect ? correct(indices, scores) : 0
      compute(
        loss, targets, weights, indices, scores,
        factor: 1 / (Float(step.examples) * Float(outputs)))
      return Part(sum: losses.reduce(0.0) { $0 + Double($1) }, correct: correct)
    }
  }

  /// A batch's part in the loss as a mean, see ``LossFunction/part(_:_:of:)``.
  ///
  /// - Parameters:
  ///   - sum: that of the parts of the batch.
  ///   - examples: of the batch.
  func mean(_ sum: Double, examples: Int, of step: LossStep) -> Double {
    guard case .crossEntropy(_, let weights) = kind, !weights.isEmpty else {
      return Double(Float(sum / Double(examples)))
    }
    let share = Double(examples) / Double(step.examples)
    return Double(Float(sum / divisor(of: step) / share))
  }

  /// What the sum of the losses of all batches of a step is divided by.
  private func divisor(of step: LossStep) -> Double {
    guard case .crossEntropy(_, let weights) = kind, !weights.isEmpty else {
      return Double(step.examples)
    }
    return step.weights[0] == 0 ? 1 : step.weights[0]
  }

  /// Computes the losses of a batch, which ``add(to:)`` adds to those of a data set.
  ///
  /// - Parameter scores: the outputs, row-major; they are overwritten.
  func evaluate(_ indices: ArraySlice<Int>, _ scores: UnsafeMutablePointer<Float>) {
    let rows = indices.count
    weight = Double(rows)
    switch kind {
    case .crossEntropy(let smoothing, let weights):
      readLabels(indices)
      losses = Array(repeating: 0, count: rows)
      predictions = Array(repeating: 0, count: rows)
      weights.withUnsafeBufferPointer { weights in
        kernels.probabilities(
          scores, labels, rows, outputs,
          ck_cross_entropy(
            smoothing: smoothing, weights: weights.isEmpty ? nil : weights.baseAddress),
          &predictions, &losses)
      }
      if !weights.isEmpty { weight = labels.reduce(0) { $0 + Double(weights[Int($1)]) } }
    case .outputs(let loss, let targets, let weights):
      compute(loss, targets, weights, indices, scores, factor: 1)
    }
  }

  /// Adds the batch of the last ``evaluate(_:_:)`` to the sums from which the loss of a data set is computed.
  func add(to sums: inout LossSums) {
    sums.terms[0].sum = losses.reduce(sums.terms[0].sum) { $0 + Double($1) }
    sums.terms[0].weight += weight
  }

  private func readLabels(_ indices: ArraySlice<Int>) {
    labels.removeAll(keepingCapacity: true)
    for index in indices { labels.append(Int32(targets.values[index])) }
  }

  /// Replaces outputs by their gradient, and leaves the mean loss of each example in `losses`.
  private func compute(
    _ loss: ck_output_loss, _ outputTargets: OutputTargets, _ weights: [Float],
    _ indices: ArraySlice<Int>, _ scores: UnsafeMutablePointer<Float>, factor: Float
  ) {
    outputTargets.read(indices, of: targets, outputs: outputs, into: &numbers)
    losses = Array(repeating: 0, count: indices.count)
    weights.withUnsafeBufferPointer { weights in
      kernels.output_loss(
        loss, scores, numbers, weights.isEmpty ? nil : weights.baseAddress, indices.count,
        outputs, factor, &losses)
    }
  }

  private func correct(
    _ indices: ArraySlice<Int>, _ scores: UnsafeMutablePointer<Float>
  ) -> Int {
    let answers = ScoreLink.largest(
      Array(UnsafeBufferPointer(start: scores, count: indices.count * outputs)), classes: outputs)
    return zip(indices, answers).count { Int(targets.values[$0]) == $1 }
  }
}

/// The targets of a loss of every output: numbers, or one-hot classes, times a factor, plus a number.
private struct OutputTargets {
  private var isOneHot = false
  private var factor: Float = 1
  private var number: Float = 0

  /// Returns `nil` for other operations, and if the targets are not one number per output.
  init?(_ operation: Objective.Operation, _ targets: Targets, outputs: Int) {
    var operation = operation
    if case .shifted(.scaled(let inner, by: let factor), by: let number) = operation {
      self.factor = Float(factor)
      self.number = Float(number)
      operation = inner
    }
    switch operation {
    case .oneHot(.targets) where targets.areClasses(below: outputs): isOneHot = true
    case .targets where targets.width == outputs: break
    default: return nil
    }
  }

  /// Reads the targets of some examples, row-major.
  func read(
    _ indices: ArraySlice<Int>, of targets: Targets, outputs: Int, into numbers: inout [Float]
  ) {
    numbers.removeAll(keepingCapacity: true)
    for index in indices {
      if isOneHot {
        numbers.append(contentsOf: repeatElement(number, count: outputs))
        numbers[numbers.count - outputs + Int(targets.values[index])] = factor + number
      } else if factor == 1, number == 0 {
        numbers.append(contentsOf: targets[index])
      } else {
        for value in targets[index] { numbers.append(value * factor + number) }
      }
    }
  }
}

extension Targets {
  /// Whether all are class numbers below `count`. The kernels index scores by class without bounds checks.
  fileprivate func areClasses(below count: Int) -> Bool {
    width == 1 && values.allSatisfy { $0 >= 0 && Int($0) < count }
  }
}

@available(*, unavailable)
extension CompiledLoss: Sendable {}
