internal import CTorch

/// The formula that `gelu` uses.
package enum GELUApproximation: String, Sendable, CaseIterable {
  /// The exact formula with the error function.
  case none
  /// The tanh approximation, as in GPT-2.
  case tanh
}

extension Tensor {
  /// max(x, 0)
  package func relu() throws(TorchError) -> Tensor {
    try produce("relu", from: self) { ct_relu(handle, $0) }
  }

  /// The same in place. Gradients flow through it if nothing else needs the values from before.
  package func reluInPlace() throws(TorchError) {
    try perform("reluInPlace", on: self) { ct_relu_(handle) }
  }

  /// x if x is positive, otherwise `slope` * x
  package func leakyRelu(slope: Double = 0.01) throws(TorchError) -> Tensor {
    try produce("leakyRelu", from: self) { ct_leaky_relu(handle, slope, $0) }
  }

  /// x Φ(x)
  package func gelu(approximate: GELUApproximation = .none) throws(TorchError) -> Tensor {
    try produce("gelu", from: self) { ct_gelu(handle, approximate == .tanh, $0) }
  }

  /// x sigmoid(x)
  package func silu() throws(TorchError) -> Tensor {
    try produce("silu", from: self) { ct_silu(handle, $0) }
  }

  /// x · min(max(x + 3, 0), 6) / 6
  package func hardswish() throws(TorchError) -> Tensor {
    try produce("hardswish", from: self) { ct_hardswish(handle, $0) }
  }

  /// min(max(x, 0), 6)
  package func relu6() throws(TorchError) -> Tensor {
    try produce("relu6", from: self) { ct_relu6(handle, $0) }
  }

  /// min(max(x + 3, 0), 6) / 6
  package func hardsigmoid() throws(TorchError) -> Tensor {
    try produce("hardsigmoid", from: self) { ct_hardsigmoid(handle, $0) }
  }

  /// The scaled ELU of self-normalising networks.
  package func selu() throws(TorchError) -> Tensor {
    try produce("selu", from: self) { ct_selu(handle, $0) }
  }

  /// x tanh(log(1 + eˣ))
  package func mish() throws(TorchError) -> Tensor {
    try produce("mish", from: self) { ct_mish(handle, $0) }
  }

  /// x above zero, alpha (eˣ − 1) below.
  package func elu(alpha: Double) throws(TorchError) -> Tensor {
    try produce("elu", from: self) { ct_elu(handle, alpha, $0) }
  }

  /// log(1 + e^(beta x)) / beta; x itself where beta x is above the threshold.
  package func softplus(beta: Double, threshold: Double) throws(TorchError) -> Tensor {
    try produce("softplus", from: self) { ct_softplus(handle, beta, threshold, $0) }
  }

  /// 1 / (1 + e⁻ˣ)
  package func sigmoid() throws(TorchError) -> Tensor {
    try produce("sigmoid", from: self) { ct_sigmoid(handle, $0) }
  }

  /// The hyperbolic tangent.
  package func tanh() throws(TorchError) -> Tensor {
    try produce("tanh", from: self) { ct_tanh(handle, $0) }
  }

  /// The logarithm of the softmax along `dim`.
  package func logSoftmax(dim: Int) throws(TorchError) -> Tensor {
    try produce("logSoftmax", from: self) { ct_log_softmax(handle, Int64(dim), $0) }
  }

  /// The softmax along `dim`.
  package func softmax(dim: Int) throws(TorchError) -> Tensor {
    try produce("softmax", from: self) { ct_softmax(handle, Int64(dim), $0) }
  }
}
