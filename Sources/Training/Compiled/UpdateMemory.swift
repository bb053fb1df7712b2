import CKernels
import Torch

/// The memory that the optimizer's step walks for one group of parameters: the tensors' own, and the
/// gradients of a compiled step.
struct UpdateMemory {
  struct Piece {
    let gradient: UnsafeMutablePointer<Float>
    let weights: UnsafeMutablePointer<Float>
    /// First moment or momentum buffer.
    let first: UnsafeMutablePointer<Float>?
    let second: UnsafeMutablePointer<Float>?
    /// Adam's count of steps.
    let step: UnsafeMutablePointer<Float>?
    let count: Int
  }

  var pieces: [Piece]
}

extension UpdateMemory.Piece {
  /// One step of Adam or AdamW, by the formulas of PyTorch's fused kernel.
  func adam(_ options: AdamOptions, _ kernels: ck_kernels) {
    guard let first, let second, let step else { return }
    step.pointee += 1
    let number = Double(step.pointee)
    let numbers = ck_adam(
      beta1: Float(options.beta1), one_minus_beta1: Float(1 - options.beta1),
      beta2: Float(options.beta2), one_minus_beta2: Float(1 - options.beta2),
      step_size: Float(options.lr / (1 - power(options.beta1, number))),
      inverse_correction2: Float(1 / (1 - power(options.beta2, number)).squareRoot()),
      eps: Float(options.eps),
      gradient_decay: options.decoupledWeightDecay ? 0 : Float(options.weightDecay),
      weight_factor: options.decoupledWeightDecay
        ? Float(1 - options.lr * options.weightDecay) : 1)
    kernels.adam(numbers, gradient, weights, first, second, count)
  }

  func sgd(_ options: SGDOptions, isFirst: Bool, _ kernels: ck_kernels) {
    let numbers = ck_sgd(
      lr: Float(options.lr), momentum: Float(options.momentum),
      one_minus_dampening: Float(1 - options.dampening), weight_decay: Float(options.weightDecay),
      nesterov: options.nesterov, first_step: isFirst)
    kernels.sgd(numbers, gradient, weights, first, count)
  }
}
