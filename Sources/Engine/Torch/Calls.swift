internal import CTorch

// The only ways to access a tensor's handle. Each keeps its operands alive until the C call returns;
// otherwise a tensor could be released after its last use in Swift, which is reading the handle.

/// The out-parameter for the handle of a new tensor.
typealias Result = UnsafeMutablePointer<OpaquePointer?>

/// Runs a call that creates a tensor from `operands`, a tensor or a tuple of tensors, and returns its handle.
func newHandle<Operands>(
  _ operation: String, from operands: Operands, _ call: (Result) -> ct_status
) throws(TorchError) -> OpaquePointer {
  var handle: OpaquePointer?
  try withExtendedLifetime(operands) { call(&handle) }.check(operation)
  guard let handle else {
    throw TorchError(operation: operation, message: "no tensor was returned")
  }
  return handle
}

/// Runs a call that creates a tensor from `operands`, a tensor or a tuple of tensors.
func produce<Operands>(
  _ operation: String, from operands: Operands, _ call: (Result) -> ct_status
) throws(TorchError) -> Tensor {
  Tensor(owning: try newHandle(operation, from: operands, call))
}

/// Runs a call that creates two tensors from `operands`.
func producePair<Operands>(
  _ operation: String, from operands: Operands, _ call: (Result, Result) -> ct_status
) throws(TorchError) -> (Tensor, Tensor) {
  var first: OpaquePointer?
  var second: OpaquePointer?
  try withExtendedLifetime(operands) { call(&first, &second) }.check(operation)
  guard let first, let second else {
    throw TorchError(operation: operation, message: "no tensors were returned")
  }
  return (Tensor(owning: first), Tensor(owning: second))
}

/// Runs a call that modifies or reads `operands`.
func perform<Operands>(
  _ operation: String, on operands: Operands, _ call: () -> ct_status
) throws(TorchError) {
  try withExtendedLifetime(operands, call).check(operation)
}

/// Passes the handles of `tensors` to `body`. The tensors and the array of handles stay alive until it
/// returns.
func withHandles<R>(_ tensors: [Tensor], _ body: (ct_list) -> R) -> R {
  withExtendedLifetime(tensors) {
    tensors.map(\.handle).withUnsafeBufferPointer {
      body(ct_list(tensors: $0.baseAddress, count: $0.count))
    }
  }
}

extension ct_ints {
  /// Sizes, strides or dimensions. If there are too many, the C call fails with an error.
  init(_ values: [Int]) {
    self.init()
    count = values.count
    withUnsafeMutableBytes(of: &self.values) { bytes in
      let places = bytes.bindMemory(to: Int64.self)
      for (place, value) in zip(places.indices, values) { places[place] = Int64(value) }
    }
  }
}
