import Tasks
import Torch

/// Computes an objective on tensors, as PyTorch does.
package struct LossFunction {
  package let objective: Objective
  /// The class indices 0, 1, 2, …; `nil` if the loss uses no one-hot targets.
  private let classNumbers: Tensor?
  /// Lists of numbers, such as weights, as tensors.
  private let lists: [[Double]: Tensor]
  private let dtype: ScalarType
  /// Of the model's input; `nil` if it is no image, or not known.
  let imageSize: InputSize?

  /// - Parameters:
  ///   - width: classes, labels or numbers per example.
  ///   - input: the shape of the model's input, which losses of detectors need.
  package init(
    _ objective: Objective, width: Int, input: [Int] = [], device: Device,
    dtype: ScalarType = .float32
  ) throws {
    self.objective = objective
    self.dtype = dtype
    imageSize = InputSize(input)
    classNumbers =
      objective.terms.contains { $0.values.usesOneHot }
      ? try Tensor((0..<width).map(Int64.init), shape: [1, width], device: device) : nil
    var numbers: [[Double]: Tensor] = [:]
    for list in objective.terms.flatMap({ $0.values.numberLists + [$0.classWeights] })
    where !list.isEmpty {
      numbers[list] = try Tensor(list.map { Float($0) }, shape: [list.count], device: device)
        .to(dtype)
    }
    lists = numbers
  }

  package var link: ScoreLink { objective.link }

  /// What the outputs say about the targets, [examples, width].
  package func prediction(_ outputs: Tensor) throws -> Tensor {
    if case .outputs = objective.prediction { return outputs }
    return try compute(objective.prediction, .none, outputs, outputs)
  }

  /// Whether predictions are counts of what the outputs say about masks.
  var countsPixels: Bool { if case .pixelCounts = objective.prediction { true } else { false } }

  /// The loss to minimise, of a batch on its own.
  ///
  /// - Parameters:
  ///   - outputs: [examples, outputs], [examples, classes, height, width], or of a detector
  ///     [examples, points, classes + 5].
  ///   - targets: [examples] class indices as int64, [examples, width] numbers, masks
  ///     [examples, height, width] of class indices, or boxes [examples, boxes, 5] of class and edges.
  package func callAsFunction(_ outputs: Tensor, _ targets: Tensor) throws -> Tensor {
    if objective.countsPoints { return try pointLoss(outputs, targets, points: nil) }
    return try sum { term in
      if term.classWeights.isEmpty { return try compute(term.values, .mean, outputs, targets) }
      let weights = try weights(term, targets).sum()
      return try compute(term.values, .sum, outputs, targets).div(weights.orOne())
    }
  }

  /// The part of a batch in the loss of a step, which may consist of several batches: the parts add up to the
  /// loss of one batch with all examples of the step.
  ///
  /// - Returns: The part, and the same as a mean over the batch: times the step's number of examples, divided by
  ///   the batch's.
  package func part(
    _ outputs: Tensor, _ targets: Tensor, of step: LossStep
  ) throws -> (part: Tensor, mean: Tensor) {
    let examples = outputs.shape.first ?? 0
    let share = Double(examples) / Double(step.examples)
    if objective.countsPoints {
      let part = try pointLoss(outputs, targets, points: step.points)
      return (part, share == 1 ? part : try part.div(share))
    }
    if !objective.hasClassWeights {
      let mean = try self(outputs, targets)
      return (share == 1 ? mean : try mean.mul(share), mean)
    }
    var place = 0
    let part = try sum { term in
      defer { place += 1 }
      if term.classWeights.isEmpty {
        return try compute(term.values, .mean, outputs, targets).mul(share)
      }
      let weight = step.weights[place]
      return try compute(term.values, .sum, outputs, targets).div(weight == 0 ? 1 : weight)
    }
    return (part, share == 1 ? part : try part.div(share))
  }

  /// The loss of each example, with its class weights.
  package func perExample(_ outputs: Tensor, _ targets: Tensor) throws -> [Float] {
    if objective.countsPoints {
      let sums = try pointSums(outputs, targets)
      return try scaledSum(sums).div(sums.counts.clamped(from: 1)).floats()
    }
    return try sum { try values($0, outputs, targets) }.floats()
  }

  /// Adds a batch to the sums from which the loss of a data set is computed, which therefore does not depend on
  /// the batch size.
  package func add(
    _ outputs: Tensor, _ targets: Tensor, to sums: inout LossSums
  ) throws {
    let points = objective.countsPoints ? try pointSums(outputs, targets) : nil
    let found = try points?.counts.floats().reduce(0) { $0 + Double($1) }
    for (place, term) in objective.terms.enumerated() {
      if let points, let found, case .points(_, _, let part, _) = term.values {
        for value in try points.of(part).floats() { sums.terms[place].sum += Double(value) }
        sums.terms[place].weight += found
        continue
      }
      let values = try values(term, outputs, targets).floats()
      for value in values { sums.terms[place].sum += Double(value) }
      if term.classWeights.isEmpty {
        sums.terms[place].weight += Double(values.count)
      } else {
        for weight in try weights(term, targets).floats() {
          sums.terms[place].weight += Double(weight)
        }
      }
    }
  }

  /// The sum of the terms, each multiplied by its scale.
  func sum(_ value: (Objective.Term) throws -> Tensor) throws -> Tensor {
    var sum: Tensor?
    for term in objective.terms {
      let value = try value(term)
      let scaled = term.scale == 1 ? value : try value.mul(term.scale)
      sum = try sum.map { try $0.add(scaled) } ?? scaled
    }
    guard let sum else { throw TorchError(operation: "loss", message: "there are no terms") }
    return sum
  }

  /// A term's value for each example, [examples]: for masks with weights the sum over the pixels.
  private func values(
    _ term: Objective.Term, _ outputs: Tensor, _ targets: Tensor
  ) throws -> Tensor {
    let values = try compute(term.values, .none, outputs, targets)
    if values.shape.count == 3, !term.classWeights.isEmpty { return try values.sum([1, 2]) }
    return values.shape.count > 1 ? try values.mean([1]) : values
  }

  /// The weight of each example's class, [examples]; of a mask, that of all its pixels.
  private func weights(_ term: Objective.Term, _ targets: Tensor) throws -> Tensor {
    if targets.shape.count == 1 {
      return try numbers(term.classWeights).indexSelect(dim: 0, index: targets)
    }
    var sum = try Tensor.zeros([targets.shape[0]], dtype: dtype, device: targets.device)
    for (number, weight) in term.classWeights.enumerated() {
      let own = try Tensor(scalar: Double(number), dtype: .int64, device: targets.device)
      sum = try sum.add(targets.eq(own).to(dtype).sum([1, 2]), alpha: weight)
    }
    return sum
  }

  private func numbers(_ list: [Double]) throws -> Tensor {
    guard let tensor = lists[list] else {
      throw TorchError(operation: "loss", message: "its numbers are not on the device")
    }
    return tensor
  }

  /// - Parameter reduction: applied to the operation's result; its operands are never reduced.
  private func compute(
    _ operation: Objective.Operation, _ reduction: LossReduction, _ outputs: Tensor,
    _ targets: Tensor
  ) throws -> Tensor {
    func part(_ operation: Objective.Operation) throws -> Tensor {
      try compute(operation, .none, outputs, targets)
    }
    let values: Tensor
    switch operation {
    case .crossEntropy(let scores, let classes, let smoothing, let weights):
      if weights.isEmpty {
        return try part(scores).crossEntropy(
          target: part(classes), labelSmoothing: smoothing, reduction: reduction)
      }
      values = try part(scores).crossEntropy(
        target: part(classes), weights: numbers(weights), labelSmoothing: smoothing)
    case .squaredError(let a, let b):
      return try part(a).mseLoss(target: part(b), reduction: reduction)
    case .binaryCrossEntropy(let scores, let labels, let weights):
      return try part(scores).bceWithLogitsLoss(
        target: part(labels), positiveWeights: lists[weights], reduction: reduction)
    case .poisson(let a, let b, let logInput, let isFull, let epsilon):
      values = try part(a).poissonNLLLoss(
        target: part(b), logInput: logInput, full: isFull, epsilon: epsilon)
    case .divergence(let a, let b): values = try part(a).klDivLoss(target: part(b))
    case .dice(let scores, let classes, let smooth):
      values = try dice(part(scores), oneHot(part(classes)), smooth: smooth)
    case .points:
      throw TorchError(operation: "loss", message: "the losses of points are computed together")
    case .pixelCounts:
      throw TorchError(operation: "loss", message: "pixels are counted, not differentiated")
    case .outputs: values = outputs
    case .targets: values = targets
    case .oneHot(let classes): values = try oneHot(part(classes))
    case .sum(let a, let b): values = try part(a).add(part(b))
    case .difference(let a, let b): values = try part(a).sub(part(b))
    case .product(let a, let b): values = try part(a).mul(part(b))
    case .quotient(let a, let b): values = try part(a).div(part(b))
    case .scaled(let a, let factor): values = try part(a).mul(factor)
    case .shifted(let a, let number): values = try part(a).add(number)
    case .absolute(let a): values = try part(a).abs()
    case .exponential(let a): values = try part(a).exp()
    case .logarithm(let a): values = try part(a).log()
    case .sigmoid(let a): values = try part(a).sigmoid()
    // The defaults of PyTorch's softplus.
    case .softplus(let a): values = try part(a).softplus(beta: 1, threshold: 20)
    case .logSoftmax(let a): values = try part(a).logSoftmax(dim: 1)
    case .power(let a, let exponent): values = try part(a).pow(exponent)
    case .capped(let a, let limit): values = try part(a).clamped(to: limit)
    case .floored(let a, let limit):
      let value = try part(a)
      values = try value.add(value.clamped(from: limit).sub(value).detach())
    case .columns(let a, let first, let count):
      values = try part(a).narrow(dim: 1, start: first, length: count)
    case .columnsScaled(let a, let factors): values = try part(a).mul(numbers(factors))
    case .numberOfClass(let a, let list):
      values = try numbers(list).indexSelect(dim: 0, index: part(a))
    }
    switch reduction {
    case .none: return values
    case .mean: return try values.mean()
    case .sum: return try values.sum()
    }
  }

  /// One-hot targets of a batch. They are built per batch, since a table of all classes would have classes²
  /// entries.
  private func oneHot(_ classes: Tensor) throws -> Tensor {
    guard let classNumbers else {
      throw TorchError(operation: "one-hot targets", message: "this loss takes class numbers")
    }
    // Masks have an axis for rows and one for columns behind that of the classes.
    let numbers =
      classes.shape.count == 3 ? try classNumbers.reshape([1, -1, 1, 1]) : classNumbers
    return try classes.unsqueeze(1).eq(numbers).to(dtype)
  }

  /// See ``Objective/Operation/dice(_:_:smooth:)``.
  ///
  /// - Parameters:
  ///   - scores: [examples, classes, height, width].
  ///   - truth: the same shape; 0 for every class where a pixel has none.
  private func dice(_ scores: Tensor, _ truth: Tensor, smooth: Double) throws -> Tensor {
    let counted = try truth.sum([1], keepDims: true)
    let p = try scores.logSoftmax(dim: 1).exp().mul(counted)
    let both = try p.mul(truth).sum([2, 3])
    let all = try p.sum([2, 3]).add(truth.sum([2, 3]))
    let coefficient = try both.mul(2).add(smooth).div(all.add(smooth))
    return try coefficient.mean([1]).mul(-1).add(1)
  }
}

@available(*, unavailable)
extension LossFunction: Sendable {}

extension Tensor {
  /// A sum of weights that is not 0, to divide by: examples whose weights are all 0 have loss 0.
  fileprivate func orOne() throws -> Tensor {
    try add(eq(Tensor.zeros(like: self)).to(dtype))
  }
}
