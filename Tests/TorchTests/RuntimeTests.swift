import Testing
import Torch

extension TorchTests {
  @Suite struct RuntimeAndDevices {
    @Test func versions() {
      #expect(Runtime.version.hasPrefix("2."))
      #expect(!Runtime.cpuCapability.isEmpty)
    }

    @Test func threads() throws {
      let before = Runtime.threadCount
      try Runtime.setThreadCount(1)
      #expect(Runtime.threadCount == 1)
      try Runtime.setThreadCount(before)
      #expect(Runtime.threadCount == before)
      let error = #expect(throws: TorchError.self) { try Runtime.setThreadCount(0) }
      #expect(
        error?.description == "setThreadCount: the number of threads must be positive, not 0")
    }

    /// Threads that the pool has already take part, and those of another calling thread.
    @Test func denormalNumbersAreZeroOnAllThreads() async {
      await #expect(processExitsWith: .success) {
        func tiny(_ count: Int) throws -> Set<UInt32> {
          Set(try Tensor.ones([count]).mul(1e-30).mul(1e-10).floats().map(\.bitPattern))
        }
        let count = 1 << 20
        try Runtime.setThreadCount(2)
        let denormal = try tiny(count)
        #expect(denormal == [Float(1e-40).bitPattern])
        guard Runtime.setFlushDenormal(true) else { return }
        let two = try tiny(count)
        try Runtime.setThreadCount(1)
        let one = try tiny(count)
        #expect(one == [0] && two == one)
        try Runtime.setThreadCount(2)
        Runtime.setFlushDenormal(false)
        #expect(try tiny(count) == denormal)
        // Normal numbers have the same bits in both modes.
        let plain = try Tensor.ones([count]).mul(0.3).floats()
        Runtime.setFlushDenormal(true)
        #expect(try Tensor.ones([count]).mul(0.3).floats() == plain)
      }
    }

    @Test func determinism() throws {
      try Runtime.setDeterministic(true)
      #expect(Runtime.isDeterministic)
      // Deterministic LibTorch would fill unset memory with NaN, which costs time.
      #expect(try Tensor.ones([3]).add(1).floats() == [2, 2, 2])
      try Runtime.setDeterministic(false)
      #expect(!Runtime.isDeterministic)
    }

    @Test func devicesReadAndWrite() {
      #expect(Device("cpu") == .cpu)
      #expect(Device("cuda") == .cuda(0))
      #expect(Device("cuda:3") == .cuda(3))
      #expect(Device("mps") == .mps)
      for device in [Device.cpu, .cuda(0), .cuda(11), .mps] {
        #expect(Device(device.description) == device)
      }
      for text in ["", "gpu", "cuda:", "cuda:-1", "cuda:+1", "cuda:x", "cuda: 1", "CPU", "cpu:0"] {
        #expect(Device(text) == nil)
      }
    }

    @Test func whatIsThere() throws {
      #expect(Device.cpu.isAvailable)
      #expect(Device.cuda(0).isAvailable == (Runtime.cudaDeviceCount > 0))
      #expect(!Device.cuda(1 << 40).isAvailable)
      #expect(Device.mps.isAvailable == Runtime.isMPSAvailable)
      #expect(throws: TorchError.self) { try Tensor.ones([1]).to(.cuda(256)) }
      guard Runtime.cudaDeviceCount > 0 else { return }
      #expect(Runtime.cudaLoadError == nil)
    }
  }
}
