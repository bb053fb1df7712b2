internal import CTorch

// Operands are broadcast.
extension Tensor {
  /// self + alpha * other
  package func add(_ other: Tensor, alpha: Double = 1) throws(TorchError) -> Tensor {
    try produce("add", from: (self, other)) { ct_add(handle, other.handle, alpha, $0) }
  }

  /// self + value
  package func add(_ value: Double) throws(TorchError) -> Tensor {
    try produce("add", from: self) { ct_add_scalar(handle, value, $0) }
  }

  /// self - alpha * other
  package func sub(_ other: Tensor, alpha: Double = 1) throws(TorchError) -> Tensor {
    try produce("sub", from: (self, other)) { ct_sub(handle, other.handle, alpha, $0) }
  }

  /// self - value
  package func sub(_ value: Double) throws(TorchError) -> Tensor {
    try produce("sub", from: self) { ct_add_scalar(handle, -value, $0) }
  }

  /// self * other
  package func mul(_ other: Tensor) throws(TorchError) -> Tensor {
    try produce("mul", from: (self, other)) { ct_mul(handle, other.handle, $0) }
  }

  /// self * value
  package func mul(_ value: Double) throws(TorchError) -> Tensor {
    try produce("mul", from: self) { ct_mul_scalar(handle, value, $0) }
  }

  /// self / other; integers give float32.
  package func div(_ other: Tensor) throws(TorchError) -> Tensor {
    try produce("div", from: (self, other)) { ct_div(handle, other.handle, $0) }
  }

  /// self / value; integers give float32.
  package func div(_ value: Double) throws(TorchError) -> Tensor {
    try produce("div", from: self) { ct_div_scalar(handle, value, $0) }
  }

  /// self += alpha * other
  package func addInPlace(_ other: Tensor, alpha: Double = 1) throws(TorchError) {
    try perform("addInPlace", on: (self, other)) { ct_add_(handle, other.handle, alpha) }
  }

  /// self += value
  package func addInPlace(_ value: Double) throws(TorchError) {
    try perform("addInPlace", on: self) { ct_add_scalar_(handle, value) }
  }

  /// self *= other
  package func mulInPlace(_ other: Tensor) throws(TorchError) {
    try perform("mulInPlace", on: (self, other)) { ct_mul_(handle, other.handle) }
  }

  /// self *= value
  package func mulInPlace(_ value: Double) throws(TorchError) {
    try perform("mulInPlace", on: self) { ct_mul_scalar_(handle, value) }
  }

  /// Element-wise equality, as a bool tensor.
  package func eq(_ other: Tensor) throws(TorchError) -> Tensor {
    try produce("eq", from: (self, other)) { ct_eq(handle, other.handle, $0) }
  }

  /// Element-wise -self
  package func neg() throws(TorchError) -> Tensor {
    try produce("neg", from: self) { ct_neg(handle, $0) }
  }

  /// The element-wise square root.
  package func sqrt() throws(TorchError) -> Tensor {
    try produce("sqrt", from: self) { ct_sqrt(handle, $0) }
  }

  /// The element-wise absolute value.
  package func abs() throws(TorchError) -> Tensor {
    try produce("abs", from: self) { ct_abs(handle, $0) }
  }

  /// The element-wise minimum of self and `limit`.
  package func clamped(to limit: Double) throws(TorchError) -> Tensor {
    try produce("clamp_max", from: self) { ct_clamp_max(handle, limit, $0) }
  }
}
