internal import CTorch

/// Tensors that are updated together, each with the tensor at the same index of another list: PyTorch's
/// `_foreach_` operations, which need only a few GPU kernels instead of one per tensor.
///
/// The operations update the tensors in place and record no gradients. Lists of different lengths are an
/// error.
package struct TensorList {
  package let tensors: [Tensor]

  package init(_ tensors: [Tensor]) { self.tensors = tensors }

  /// Copies of all tensors.
  package func clone() throws(TorchError) -> TensorList {
    var copies: [Tensor] = []
    for tensor in tensors { copies.append(try tensor.detach().clone()) }
    return TensorList(copies)
  }

  /// self = source
  package func copy(from source: TensorList) throws(TorchError) {
    try perform("copy", with: source) { ct_list_copy_($0, $1) }
  }

  /// self *= factor
  package func scale(by factor: Double) throws(TorchError) {
    try withHandles(tensors) { ct_list_mul_scalar_($0, factor) }.check("scale")
  }

  /// self += number
  package func add(_ number: Double) throws(TorchError) {
    try withHandles(tensors) { ct_list_add_scalar_($0, number) }.check("add")
  }

  /// self += factor * other
  package func add(_ other: TensorList, times factor: Double = 1) throws(TorchError) {
    try perform("add", with: other) { ct_list_add_($0, $1, factor) }
  }

  /// self += factor * first * second
  package func addProduct(
    _ first: TensorList, _ second: TensorList, times factor: Double = 1
  ) throws(TorchError) {
    try perform("addProduct", with: first, second) { ct_list_addcmul_($0, $1, $2, factor) }
  }

  /// self += factor * numerator / denominator
  package func addQuotient(
    _ numerator: TensorList, by denominator: TensorList, times factor: Double = 1
  ) throws(TorchError) {
    try perform("addQuotient", with: numerator, denominator) {
      ct_list_addcdiv_($0, $1, $2, factor)
    }
  }

  /// self += weight * (other - self)
  package func interpolate(towards other: TensorList, weight: Double) throws(TorchError) {
    try perform("interpolate", with: other) { ct_list_lerp_($0, $1, weight) }
  }

  /// self = √self
  package func squareRoot() throws(TorchError) {
    try withHandles(tensors) { ct_list_sqrt_($0) }.check("squareRoot")
  }

  func perform(
    _ operation: String, with other: TensorList, _ call: (ct_list, ct_list) -> ct_status
  ) throws(TorchError) {
    try withHandles(tensors) { own in withHandles(other.tensors) { call(own, $0) } }
      .check(operation)
  }

  private func perform(
    _ operation: String, with first: TensorList, _ second: TensorList,
    _ call: (ct_list, ct_list, ct_list) -> ct_status
  ) throws(TorchError) {
    try withHandles(tensors) { own in
      withHandles(first.tensors) { first in
        withHandles(second.tensors) { call(own, first, $0) }
      }
    }.check(operation)
  }
}

@available(*, unavailable)
extension TensorList: Sendable {}
