/// An update rule as a short list of tensor operations.
///
/// Every operation runs over all parameters of a group at once. A rule follows the order of
/// PyTorch's `_single_tensor_…` function for the same optimizer, so that its results are rounded
/// identically.
package protocol ElementwiseUpdate: Sendable {
  /// The tensors kept between steps, in checkpoint order.
  var state: [StateTensor] { get }

  /// The operations of one step.
  ///
  /// - Parameters:
  ///   - learningRate: of the parameter group in this step.
  ///   - step: the number of the group's step, from 1.
  func operations(learningRate: Double, step: Int) -> [ElementwiseOperation]
}

/// A tensor that an operation reads or changes; there is one for each parameter of a group.
package enum ElementwiseOperand: Hashable, Sendable {
  case parameter
  /// The gradient. Operations may change it, because nothing reads it after the step.
  case gradient
  case state(StateTensor)
  /// A value that exists only during this step, created by `copy`.
  case temporary(String)
}

/// An elementwise operation that changes its target in place.
package enum ElementwiseOperation: Hashable, Sendable {
  /// target = source; creates a temporary value that does not exist yet.
  case copy(ElementwiseOperand, to: ElementwiseOperand)
  /// target *= factor
  case scale(ElementwiseOperand, by: Double)
  /// target += number
  case addNumber(Double, to: ElementwiseOperand)
  /// target += factor * source
  case add(ElementwiseOperand, times: Double = 1, to: ElementwiseOperand)
  /// target += factor * first * second
  case addProduct(
    ElementwiseOperand, ElementwiseOperand, times: Double = 1, to: ElementwiseOperand)
  /// target += factor * numerator / denominator
  case addQuotient(
    ElementwiseOperand, by: ElementwiseOperand, times: Double = 1, to: ElementwiseOperand)
  /// target += weight * (source - target)
  case interpolate(ElementwiseOperand, towards: ElementwiseOperand, weight: Double)
  /// target *= source
  case multiply(ElementwiseOperand, by: ElementwiseOperand)
  /// target /= source
  case divide(ElementwiseOperand, by: ElementwiseOperand)
  /// target = max(target, source)
  case maximum(ElementwiseOperand, with: ElementwiseOperand)
  /// target = √target
  case squareRoot(ElementwiseOperand)
  /// target = |target|
  case absolute(ElementwiseOperand)
  /// target = −1, 0 or 1
  case sign(ElementwiseOperand)
}
