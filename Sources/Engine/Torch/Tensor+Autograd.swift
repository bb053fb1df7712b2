internal import CTorch

extension Tensor {
  /// Whether gradients are recorded for operations on this tensor.
  package var requiresGrad: Bool { withExtendedLifetime(self) { ct_requires_grad(handle) } }

  /// Sets whether gradients are computed with respect to this tensor.
  /// - Throws: If the tensor is not a leaf (it is the result of an operation) or holds integers.
  package func setRequiresGrad(_ requiresGrad: Bool) throws(TorchError) {
    try perform("setRequiresGrad", on: self) { ct_set_requires_grad(handle, requiresGrad) }
  }

  /// The gradient that `backward` accumulated in this leaf; `nil` if there is none. It is not a copy.
  package func grad() throws(TorchError) -> Tensor? {
    var result: OpaquePointer?
    try perform("grad", on: self) { ct_grad(handle, &result) }
    return result.map(Tensor.init(owning:))
  }

  /// Sets the gradient of this leaf; `nil` removes it.
  /// - Throws: If the gradient's shape, element type or device is not this tensor's.
  package func setGrad(_ grad: Tensor?) throws(TorchError) {
    try perform("setGrad", on: (self, grad)) { ct_set_grad(handle, grad?.handle) }
  }

  /// Computes the gradient of this scalar with respect to its leaves and adds it to theirs.
  /// - Parameter retainGraph: Whether to keep the graph for another call.
  package func backward(retainGraph: Bool = false) throws(TorchError) {
    try perform("backward", on: self) { ct_backward(handle, nil, retainGraph) }
  }

  /// Backpropagates from `gradient`, which has the shape of this tensor.
  package func backward(gradient: Tensor, retainGraph: Bool = false) throws(TorchError) {
    try perform("backward", on: (self, gradient)) {
      ct_backward(handle, gradient.handle, retainGraph)
    }
  }
}

/// Clears the gradients of all `parameters`, like `zero_grad(set_to_none=True)`.
package func zeroGrad(_ parameters: [Tensor]) throws(TorchError) {
  try withHandles(parameters) { ct_zero_grad($0) }.check("zeroGrad")
}

/// Runs `body` without recording gradients on this thread.
///
/// `body` must not suspend, because the mode is thread-local.
package func withNoGrad<R, Failure: Error>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
  let before = ct_set_grad_enabled(false)
  defer { _ = ct_set_grad_enabled(before) }
  return try body()
}

/// Runs `body` in LibTorch's inference mode, which has less overhead than `withNoGrad`; tensors created in it
/// can never take part in autograd.
package func withInferenceMode<R, Failure: Error>(
  _ body: () throws(Failure) -> R
) throws(Failure) -> R {
  ct_inference_mode_begin()
  defer { ct_inference_mode_end() }
  return try body()
}
