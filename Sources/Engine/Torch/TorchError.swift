internal import CTorch

/// Why LibTorch could not do what was asked.
package struct TorchError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The operation, by its name in this module, such as `conv2d`.
  package let operation: String
  /// LibTorch's words, without a backtrace; they may have several lines.
  package let message: String
  /// Whether memory ran out, on the machine or on the device.
  package let isOutOfMemory: Bool

  /// An error of `operation`.
  package init(operation: String, message: String, isOutOfMemory: Bool = false) {
    self.operation = operation
    self.message = message
    self.isOutOfMemory = isOutOfMemory
  }

  /// How many bytes were asked for when memory ran out; `nil` if LibTorch does not say it.
  package var requestedBytes: Int? {
    guard isOutOfMemory, let match = message.firstMatch(of: /tried to allocate ([0-9]+) bytes/)
    else { return nil }
    return Int(match.1)
  }

  /// `operation: message`
  package var description: String { "\(operation): \(message)" }
}

extension ct_status {
  /// Throws unless the call succeeded. To be called on the thread of the call, before another one.
  func check(_ operation: String) throws(TorchError) {
    guard self != CT_OK else { return }
    let message = String(cString: ct_last_error())
    // LibTorch has no type of its own for a failed allocation on the processor.
    throw TorchError(
      operation: operation, message: message,
      isOutOfMemory: self == CT_OUT_OF_MEMORY || message.contains("can't allocate memory"))
  }
}
