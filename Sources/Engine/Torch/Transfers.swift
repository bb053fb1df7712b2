internal import CTorch

/// Copies between devices, and values that the CPU waited for.
package struct Transfers: Hashable, Sendable {
  /// Copies that the CPU waited for.
  package var waiting = 0
  /// Copies from pinned memory that the CPU did not wait for.
  package var asynchronous = 0
  /// Values that the CPU read in order to continue, on any device.
  package var scalars = 0

  package init(waiting: Int = 0, asynchronous: Int = 0, scalars: Int = 0) {
    self.waiting = waiting
    self.asynchronous = asynchronous
    self.scalars = scalars
  }

  /// Counts, from now on, the copies and reads of all operations on all threads, also those that LibTorch starts by
  /// itself.
  ///
  /// - Throws: If they are being counted already.
  package static func begin() throws(TorchError) {
    try ct_transfers_begin().check("counting transfers")
  }

  /// Stops counting.
  ///
  /// - Returns: What happened since ``begin()``.
  package static func end() throws(TorchError) -> Transfers {
    var counts = ct_transfers()
    try ct_transfers_end(&counts).check("counting transfers")
    return Transfers(
      waiting: Int(counts.waiting), asynchronous: Int(counts.asynchronous),
      scalars: Int(counts.scalars))
  }
}

extension Device {
  /// The bytes of the tensors on this device.
  ///
  /// - Throws: For the CPU and devices whose memory LibTorch does not manage.
  package func allocatedBytes() throws(TorchError) -> Int {
    var bytes: Int64 = 0
    try ct_device_memory(code, &bytes).check("the memory of \(self)")
    return Int(bytes)
  }
}
