internal import CTorch

/// The hyperparameters of Muon, with PyTorch's defaults.
package struct MuonOptions: Hashable, Sendable {
  /// The learning rate, before it is adjusted to a matrix's shape.
  package var lr = 1e-3
  /// The decoupled weight decay.
  package var weightDecay = 0.1
  /// The decay rate of the momentum.
  package var momentum = 0.95
  /// Whether to use Nesterov momentum.
  package var nesterov = true
  /// The three coefficients of the Newton-Schulz iteration.
  package var coefficients = [3.4445, -4.7750, 2.0315]
  /// The least norm by which a matrix is divided.
  package var eps = 1e-7
  /// The number of Newton-Schulz iterations.
  package var iterations = 5
  /// Whether the learning rate of an A × B matrix is multiplied by 0.2 √max(A, B) instead of √max(1, A/B).
  package var matchesAdamW = false

  /// Creates options with the defaults.
  package init() {}
}

/// Takes one step of Muon on all `parameters` that have a gradient; other parameters and their state are
/// unchanged.
///
/// - Parameters:
///   - parameters: Matrices.
///   - momentumBuffers: One tensor per parameter, created by `Tensor.zeros(like:)`.
/// - Throws: If a parameter with a gradient is not a matrix.
package func muon(
  _ parameters: [Tensor], momentumBuffers: [Tensor], options: MuonOptions
) throws(TorchError) {
  guard options.coefficients.count == 3 else {
    throw TorchError(
      operation: "muon", message: "expected 3 coefficients, found \(options.coefficients.count)")
  }
  let numbers = ct_muon(
    lr: options.lr, weight_decay: options.weightDecay, momentum: options.momentum,
    a: options.coefficients[0], b: options.coefficients[1], c: options.coefficients[2],
    eps: options.eps, ns_steps: Int64(options.iterations), nesterov: options.nesterov,
    match_rms_adamw: options.matchesAdamW)
  try withHandles(parameters) { parameters in
    withHandles(momentumBuffers) { ct_muon_step(parameters, $0, numbers) }
  }.check("muon")
}

/// Clamps every value of the gradients of all `parameters` to ±`limit`, like `clip_grad_value_`.
package func clipGradValue(_ parameters: [Tensor], limit: Double) throws(TorchError) {
  try withHandles(parameters) { ct_clip_grad_value($0, limit) }.check("clipGradValue")
}
