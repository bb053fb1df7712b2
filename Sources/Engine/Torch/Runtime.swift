internal import CTorch

/// What belongs to LibTorch as a whole.
package enum Runtime {
  /// LibTorch's version, such as `2.13.0`.
  package static var version: String { String(cString: ct_version()) }

  /// The instruction set of its CPU kernels, such as `AVX2`; results differ in their last bits
  /// between them.
  package static var cpuCapability: String { String(cString: ct_cpu_capability()) }

  /// How many threads one operation uses on this thread.
  package static var threadCount: Int { Int(ct_num_threads()) }

  /// Sets how many threads one operation uses. Part of the setting is the calling thread's own, and
  /// another part is read once: call it on the thread that computes, before the first operation.
  /// - Throws: If `count` is not positive.
  package static func setThreadCount(_ count: Int) throws(TorchError) {
    try ct_set_num_threads(Int32(clamping: count)).check("setThreadCount")
  }

  /// Asks for algorithms that give the same bits every time; an operation that has none throws.
  ///
  /// On CUDA it also rules out choosing convolutions by the clock, and TF32 unless `allowTF32`. Call
  /// it before the first operation.
  package static func setDeterministic(
    _ deterministic: Bool, allowTF32: Bool = false
  ) throws(TorchError) {
    try ct_set_deterministic(deterministic, allowTF32).check("setDeterministic")
  }

  /// Takes numbers below the smallest normal float as zero, on the calling thread and on those that compute
  /// its operations, so that no bit depends on which of them computes what. An optimizer's running averages
  /// decay to such numbers, on which processors compute many times slower. Call it after
  /// ``setThreadCount(_:)``. Returns false if the processor has no such mode.
  ///
  /// - Parameter pool: false for a thread that computes no operations of LibTorch.
  @discardableResult
  package static func setFlushDenormal(_ flush: Bool, pool: Bool = true) -> Bool {
    ct_set_flush_denormal(flush, pool)
  }

  /// Keeps freed memory in the process: every batch takes and frees the same large blocks, and those
  /// that the system has to hand out anew cost some hundredths of a training step. Call it before
  /// memory is taken. Returns false where the C library has no such setting.
  @discardableResult
  package static func keepFreedMemory() -> Bool { ct_keep_freed_memory() }

  /// Whether deterministic algorithms are asked for.
  package static var isDeterministic: Bool { ct_is_deterministic() }

  /// How many CUDA devices can be used; 0 where LibTorch or the machine has none.
  package static var cudaDeviceCount: Int {
    var count: Int32 = 0
    return ct_cuda_device_count(&count) == CT_OK ? Int(count) : 0
  }

  /// Why LibTorch's CUDA part, though it is there, could not be opened; nil where that is not so.
  package static var cudaLoadError: String? {
    let message = String(cString: ct_cuda_load_error())
    return message.isEmpty ? nil : message
  }

  /// Whether Apple's GPU can be used.
  package static var isMPSAvailable: Bool { ct_mps_available() }

  /// Tensors created on the calling thread less those freed on it, whatever other threads do.
  package static var liveTensorCountOfThread: Int { Int(ct_live_tensor_count_of_thread()) }
}
