internal import CTorch

extension TensorList {
  /// self *= other
  package func multiply(by other: TensorList) throws(TorchError) {
    try perform("multiply", with: other) { ct_list_mul_($0, $1) }
  }

  /// self /= other
  package func divide(by other: TensorList) throws(TorchError) {
    try perform("divide", with: other) { ct_list_div_($0, $1) }
  }

  /// self = max(self, other)
  package func maximum(with other: TensorList) throws(TorchError) {
    try perform("maximum", with: other) { ct_list_maximum_($0, $1) }
  }

  /// self = |self|
  package func absolute() throws(TorchError) {
    try withHandles(tensors) { ct_list_abs_($0) }.check("absolute")
  }

  /// self = −1 where it is negative, 1 where it is positive, and 0 where it is 0.
  package func sign() throws(TorchError) {
    try withHandles(tensors) { ct_list_sign_($0) }.check("sign")
  }
}
