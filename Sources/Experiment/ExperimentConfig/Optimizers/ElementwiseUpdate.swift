/// An update rule as a short list of operations on tensors.
///
/// Every operation runs over all parameters of a group at once. A rule is written in the order of PyTorch's
/// `_single_tensor_…` function of the same optimizer, so that its results have the same roundings.
package protocol ElementwiseUpdate: Sendable {
  /// What is kept between steps, in the order in which a checkpoint lists it.
  var state: [StateTensor] { get }

  /// What one step does.
  ///
  /// - Parameters:
  ///   - learningRate: of the group of parameters in this step.
  ///   - step: the number of the group's step, from 1.
  func operations(learningRate: Double, step: Int) -> [ElementwiseOperation]
}

/// A tensor that an operation reads or changes, one for each parameter of a group.
package enum ElementwiseOperand: Hashable, Sendable {
  case parameter
  /// The operations may change it: nothing reads a gradient after the step.
  case gradient
  case state(StateTensor)
  /// A value of this step alone, which `copy` makes.
  case temporary(String)
}

/// An operation on every element of a tensor, which changes that tensor in place.
package enum ElementwiseOperation: Hashable, Sendable {
  /// target = source; makes a temporary value that does not exist yet.
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
  /// target = √target
  case squareRoot(ElementwiseOperand)
}
