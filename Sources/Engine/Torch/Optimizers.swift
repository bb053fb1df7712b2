internal import CTorch

/// The hyperparameters of Adam and AdamW, with PyTorch's defaults.
package struct AdamOptions: Hashable, Sendable {
  /// The learning rate.
  package var lr = 1e-3
  /// The decay rate of the first moment.
  package var beta1 = 0.9
  /// The decay rate of the second moment.
  package var beta2 = 0.999
  /// The weight decay; AdamW's default is 0.01.
  package var weightDecay = 0.0
  /// Added to the denominator for numerical stability.
  package var eps = 1e-8
  /// Whether to divide by the largest second moment so far (AMSGrad).
  package var amsgrad = false
  /// Whether to decay the weights directly (AdamW) instead of adding the decay to the gradients.
  package var decoupledWeightDecay = false
  /// Whether to use the fused kernel if the device has one; other kernels differ in the last bits.
  package var fused = true

  /// Creates options with the defaults.
  package init() {}
}

/// The hyperparameters of stochastic gradient descent, with PyTorch's defaults.
package struct SGDOptions: Hashable, Sendable {
  /// The learning rate.
  package var lr = 1e-3
  /// The momentum factor.
  package var momentum = 0.0
  /// The dampening of the momentum: the buffer receives (1 − dampening) times the gradient.
  package var dampening = 0.0
  /// The weight decay.
  package var weightDecay = 0.0
  /// Whether to use Nesterov momentum, which requires a momentum and no dampening.
  package var nesterov = false
  /// Whether to use the fused kernel if the device has one; other kernels differ in the last bits.
  package var fused = true

  /// Creates options with the defaults.
  package init() {}
}

/// Takes one step of Adam or AdamW on all `parameters` that have a gradient; other parameters and their state
/// are unchanged.
/// - Parameters:
///   - expAvgs: One tensor per parameter, created by `Tensor.zeros(like:)`; likewise `expAvgSqs`.
///   - maxExpAvgSqs: One tensor per parameter with `amsgrad`, otherwise empty.
///   - steps: One float32 scalar per parameter, on the CPU or on its device, initially 0; incremented by this
///     function. Without a fused kernel, counts on the device are read one by one.
package func fusedAdam(
  _ parameters: [Tensor], expAvgs: [Tensor], expAvgSqs: [Tensor], maxExpAvgSqs: [Tensor] = [],
  steps: [Tensor], options: AdamOptions
) throws(TorchError) {
  let numbers = ct_adam(
    lr: options.lr, beta1: options.beta1, beta2: options.beta2, weight_decay: options.weightDecay,
    eps: options.eps, decoupled_weight_decay: options.decoupledWeightDecay,
    amsgrad: options.amsgrad, fused: options.fused)
  try withHandles(parameters) { parameters in
    withHandles(expAvgs) { expAvgs in
      withHandles(expAvgSqs) { expAvgSqs in
        withHandles(maxExpAvgSqs) { maxExpAvgSqs in
          withHandles(steps) { steps in
            ct_adam_step(parameters, expAvgs, expAvgSqs, maxExpAvgSqs, steps, numbers)
          }
        }
      }
    }
  }.check("fusedAdam")
}

/// Takes one step of gradient descent on all `parameters` that have a gradient; other parameters and their
/// buffers are unchanged.
/// - Parameters:
///   - momentumBuffers: One tensor per parameter, created by `Tensor.zeros(like:)`; may be empty without
///     momentum.
///   - isFirstStep: Whether to initialise the buffers with the undampened gradients.
package func fusedSGD(
  _ parameters: [Tensor], momentumBuffers: [Tensor] = [], isFirstStep: Bool, options: SGDOptions
) throws(TorchError) {
  let numbers = ct_sgd(
    lr: options.lr, momentum: options.momentum, dampening: options.dampening,
    weight_decay: options.weightDecay, nesterov: options.nesterov, first_step: isFirstStep,
    fused: options.fused)
  try withHandles(parameters) { parameters in
    withHandles(momentumBuffers) { ct_sgd_step(parameters, $0, numbers) }
  }.check("fusedSGD")
}

/// Scales the gradients of all `parameters` in place so that their global 2-norm is at most `maxNorm`.
/// - Returns: The original norm as a scalar on the first gradient's device; 0 if there are no gradients.
@discardableResult
package func clipGradNorm(_ parameters: [Tensor], maxNorm: Double) throws(TorchError) -> Tensor {
  try produce("clipGradNorm", from: ()) { result in
    withHandles(parameters) { ct_clip_grad_norm($0, maxNorm, result) }
  }
}
