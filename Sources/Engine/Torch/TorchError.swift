internal import CTorch

/// An error of a LibTorch call.
package struct TorchError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The operation, by its name in this module, such as `conv2d`.
  package let operation: String
  /// LibTorch's message, without a backtrace; may span several lines.
  package let message: String
  /// Whether the machine or the device ran out of memory.
  package let isOutOfMemory: Bool

  /// Creates an error of `operation`.
  package init(operation: String, message: String, isOutOfMemory: Bool = false) {
    self.operation = operation
    self.message = message
    self.isOutOfMemory = isOutOfMemory
  }

  /// The number of bytes requested when memory ran out; `nil` if LibTorch does not report it.
  package var requestedBytes: Int? {
    guard isOutOfMemory, let match = message.firstMatch(of: /tried to allocate ([0-9]+) bytes/)
    else { return nil }
    return Int(match.1)
  }

  /// `operation: message`
  package var description: String { "\(operation): \(message)" }
}

extension ct_status {
  /// Throws if the call failed. Must be called on the same thread, before any other call.
  func check(_ operation: String) throws(TorchError) {
    guard self != CT_OK else { return }
    let message = String(cString: ct_last_error())
    // LibTorch has no error type of its own for a failed allocation on the CPU.
    throw TorchError(
      operation: operation, message: message,
      isOutOfMemory: self == CT_OUT_OF_MEMORY || message.contains("can't allocate memory"))
  }
}
