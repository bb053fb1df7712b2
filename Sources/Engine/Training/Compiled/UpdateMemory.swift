import CKernels
import ExperimentConfig

/// The memory that an optimizer step reads and writes for one parameter group: the tensors' own memory and
/// the gradients of a compiled step.
struct UpdateMemory {
  /// An update rule that the compiled kernels implement.
  enum Kernel {
    case adam(AdamRule)
    case sgd(SGDRule)
    case elementwise(any ElementwiseUpdate)
  }

  struct Piece {
    let gradient: UnsafeMutablePointer<Float>
    let weights: UnsafeMutablePointer<Float>
    /// The state tensors, in the order of the rule.
    let state: [UnsafeMutablePointer<Float>]
    /// Adam's count of the steps before this one.
    let step: UnsafeMutablePointer<Float>?
    let count: Int

    /// Some of the values.
    func slice(_ values: Range<Int>) -> Piece {
      Piece(
        gradient: gradient + values.lowerBound, weights: weights + values.lowerBound,
        state: state.map { $0 + values.lowerBound }, step: step, count: values.count)
    }
  }

  let kernel: Kernel
  let pieces: [Piece]
}

extension UpdateMemory.Piece {
  /// One step of Adam or AdamW, using the formulas of PyTorch's fused kernel. It does not count the step.
  func adam(_ rule: AdamRule, learningRate: Double, _ kernels: ck_kernels) {
    guard state.count == 2, let step else { return }
    let number = Double(step.pointee + 1)
    let numbers = ck_adam(
      beta1: Float(rule.beta1), one_minus_beta1: Float(1 - rule.beta1),
      beta2: Float(rule.beta2), one_minus_beta2: Float(1 - rule.beta2),
      step_size: Float(learningRate / (1 - power(rule.beta1, number))),
      inverse_correction2: Float(1 / (1 - power(rule.beta2, number)).squareRoot()),
      eps: Float(rule.eps),
      gradient_decay: rule.decouplesWeightDecay ? 0 : Float(rule.weightDecay),
      weight_factor: rule.decouplesWeightDecay
        ? Float(1 - learningRate * rule.weightDecay) : 1)
    kernels.adam(numbers, gradient, weights, state[0], state[1], count)
  }

  func sgd(_ rule: SGDRule, learningRate: Double, isFirst: Bool, _ kernels: ck_kernels) {
    let numbers = ck_sgd(
      lr: Float(learningRate), momentum: Float(rule.momentum),
      one_minus_dampening: Float(1 - rule.dampening), weight_decay: Float(rule.weightDecay),
      nesterov: rule.usesNesterov, first_step: isFirst)
    kernels.sgd(numbers, gradient, weights, state.first, count)
  }
}
