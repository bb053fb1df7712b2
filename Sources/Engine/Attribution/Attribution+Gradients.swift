import Torch

/// Methods that follow gradients down to the input.
extension Attribution {
  /// The absolute gradient of the score with respect to the input, [channels, height, width]: Simonyan, Vedaldi and
  /// Zisserman (2014), captum's `Saliency`.
  ///
  /// - Parameter input: [1, channels, height, width].
  package func saliency(_ input: Tensor, _ target: AttributionTarget) throws -> Tensor {
    try check(input)
    return try gradients(input, target).abs().reshape(Array(input.shape.dropFirst()))
  }

  /// The input times the gradient of the score, [channels, height, width]: captum's `InputXGradient`.
  ///
  /// - Parameter input: [1, channels, height, width].
  package func inputTimesGradient(
    _ input: Tensor, _ target: AttributionTarget
  ) throws -> Tensor {
    try check(input)
    return try gradients(input, target).mul(input).reshape(Array(input.shape.dropFirst()))
  }

  /// What integrated gradients give.
  package struct IntegratedGradients {
    /// [channels, height, width]
    package let attribution: Tensor
    /// The score of the input, and that of the baseline.
    package let scores: (input: Double, baseline: Double)
    /// How many gradients were computed.
    package let steps: Int
    /// The sum of the attribution, which is the difference of the scores but for the error of the integration.
    package let sum: Double

    /// |sum − (F(x) − F(baseline))| / |F(x) − F(baseline)|; infinite if the scores are equal and the sum is not 0.
    package var completenessError: Double {
      let difference = scores.input - scores.baseline
      let error = abs(sum - difference)
      return error == 0 ? 0 : error / abs(difference)
    }
  }

  /// The gradient of the score, averaged along the straight line from a baseline to the input and multiplied by their
  /// difference: Sundararajan, Taly and Yan (2017). As in captum, the integral is that of Gauss and Legendre.
  ///
  /// - Parameters:
  ///   - input: [1, channels, height, width].
  ///   - baseline: of the same shape.
  ///   - steps: the points on the line.
  ///   - isInterrupted: checked between batches.
  /// - Returns: `nil` if interrupted.
  package func integratedGradients(
    _ input: Tensor, _ target: AttributionTarget, baseline: Tensor, steps: Int = 50,
    isInterrupted: () -> Bool = { false }
  ) throws -> IntegratedGradients? {
    try check(input)
    try check(baseline)
    let rule = GaussLegendre(steps)
    let difference = try input.sub(baseline)
    let mean = try Tensor.zeros(like: input)
    for start in stride(from: 0, to: steps, by: rows) {
      if isInterrupted() { return nil }
      let range = start..<min(start + rows, steps)
      func column(_ values: [Double]) throws -> Tensor {
        try Tensor(values[range].map { $0 }, shape: [range.count, 1, 1, 1]).to(input.dtype)
          .to(input.device)
      }
      let points = try baseline.add(difference.mul(column(rule.points)))
      let gradients = try gradients(points, target)
      try mean.addInPlace(gradients.mul(column(rule.weights)).sum([0], keepDims: true))
    }
    let attribution = try mean.mul(difference)
    return try IntegratedGradients(
      attribution: attribution.reshape(Array(input.shape.dropFirst())),
      scores: (scores(input, target).sum().item(), scores(baseline, target).sum().item()),
      steps: steps, sum: attribution.to(.float64).sum().item())
  }
}
