internal import CTorch

/// The numbers of Adam and AdamW, with PyTorch's defaults.
package struct AdamOptions: Hashable, Sendable {
  /// The learning rate.
  package var lr = 1e-3
  /// The decay of the first moment's average.
  package var beta1 = 0.9
  /// The decay of the second moment's average.
  package var beta2 = 0.999
  /// The weight decay; AdamW's default is 0.01.
  package var weightDecay = 0.0
  /// Added to the denominator.
  package var eps = 1e-8
  /// Divide by the largest second moment so far.
  package var amsgrad = false
  /// AdamW: the decay shrinks the weights and leaves the gradients alone.
  package var decoupledWeightDecay = false
  /// Use the fused kernel where the device has one; without it the last bits differ.
  package var fused = true

  /// The defaults.
  package init() {}
}

/// The numbers of stochastic gradient descent, with PyTorch's defaults.
package struct SGDOptions: Hashable, Sendable {
  /// The learning rate.
  package var lr = 1e-3
  /// How much of the buffer is kept.
  package var momentum = 0.0
  /// How much of a gradient does not enter the buffer.
  package var dampening = 0.0
  /// The weight decay.
  package var weightDecay = 0.0
  /// Look ahead; it requires a momentum and no dampening.
  package var nesterov = false
  /// Use the fused kernel where the device has one; without it the last bits differ.
  package var fused = true

  /// The defaults.
  package init() {}
}

/// One step of Adam or AdamW for all `parameters` that have a gradient; the others and their state
/// stay as they are.
/// - Parameters:
///   - expAvgs: As `expAvgSqs` one tensor a parameter, made by `Tensor.zeros(like:)`.
///   - maxExpAvgSqs: The same with `amsgrad`, otherwise empty.
///   - steps: One float32 scalar on the CPU a parameter, 0 at first; counted up here.
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

/// One step of gradient descent for all `parameters` that have a gradient; the others and their
/// buffers stay as they are.
/// - Parameters:
///   - momentumBuffers: One tensor a parameter, made by `Tensor.zeros(like:)`; may be empty without
///     momentum.
///   - isFirstStep: The buffers are set to the gradients, undampened, instead of being mixed with them.
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

/// Scales the gradients of all `parameters` down so that their common 2-norm is at most `maxNorm`.
/// - Returns: The norm they had, without dimensions, on the device of the first; 0 if there are none.
@discardableResult
package func clipGradNorm(_ parameters: [Tensor], maxNorm: Double) throws(TorchError) -> Tensor {
  try produce("clipGradNorm", from: ()) { result in
    withHandles(parameters) { ct_clip_grad_norm($0, maxNorm, result) }
  }
}
