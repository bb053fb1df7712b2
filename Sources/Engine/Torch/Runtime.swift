internal import CTorch

/// Process-wide settings and properties of LibTorch.
package enum Runtime {
  /// LibTorch's version, such as `2.13.0`.
  package static var version: String { String(cString: ct_version()) }

  /// The instruction set of its CPU kernels, such as `AVX2`; results of different sets differ in the last
  /// bits.
  package static var cpuCapability: String { String(cString: ct_cpu_capability()) }

  /// The number of threads that an operation started on this thread uses.
  package static var threadCount: Int { Int(ct_num_threads()) }

  /// Sets the number of threads per operation. Part of the setting is thread-local and another part is read
  /// only once, so call it on the computing thread before the first operation.
  /// - Throws: If `count` is not positive.
  package static func setThreadCount(_ count: Int) throws(TorchError) {
    try ct_set_num_threads(Int32(clamping: count)).check("setThreadCount")
  }

  /// Requires bit-identical results; an operation without a deterministic algorithm throws.
  ///
  /// On CUDA this also disables cuDNN benchmarking, and TF32 unless `allowTF32` is set. Call it before the
  /// first operation.
  package static func setDeterministic(
    _ deterministic: Bool, allowTF32: Bool = false
  ) throws(TorchError) {
    try ct_set_deterministic(deterministic, allowTF32).check("setDeterministic")
  }

  /// Flushes denormal numbers to zero, on the calling thread and on the threads that run its operations, so
  /// that results do not depend on which thread computes what. An optimizer's running averages decay to
  /// denormals, with which processors compute many times more slowly. Call it after ``setThreadCount(_:)``.
  /// Returns `false` if the processor does not support this.
  ///
  /// - Parameter pool: Whether to include LibTorch's thread pool; `false` for a thread that runs no
  ///   operations.
  @discardableResult
  package static func setFlushDenormal(_ flush: Bool, pool: Bool = true) -> Bool {
    ct_set_flush_denormal(flush, pool)
  }

  /// Keeps freed memory in the process for reuse. Every batch allocates and frees the same large blocks, and
  /// getting them from the system each time costs a few percent of a training step. Call it before large
  /// allocations. Returns `false` if the C library has no such setting.
  @discardableResult
  package static func keepFreedMemory() -> Bool { ct_keep_freed_memory() }

  /// Whether deterministic algorithms are required.
  package static var isDeterministic: Bool { ct_is_deterministic() }

  /// The number of usable CUDA devices; 0 if LibTorch or the machine has none.
  package static var cudaDeviceCount: Int {
    var count: Int32 = 0
    return ct_cuda_device_count(&count) == CT_OK ? Int(count) : 0
  }

  /// Why LibTorch's CUDA library is present but could not be loaded; `nil` otherwise.
  package static var cudaLoadError: String? {
    let message = String(cString: ct_cuda_load_error())
    return message.isEmpty ? nil : message
  }

  /// Whether Apple's GPU can be used.
  package static var isMPSAvailable: Bool { ct_mps_available() }

  /// The number of live tensors created on the calling thread, minus those freed on it.
  package static var liveTensorCountOfThread: Int { Int(ct_live_tensor_count_of_thread()) }
}
