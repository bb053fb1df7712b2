import Testing
import Torch

extension TorchTests {
  /// Masks and measurements for devices, on the CPU.
  @Suite struct DeviceTests {
    /// Words of the stream with key 0, from Random123's known answers for Philox4x32-10 with counter 0 and key 0:
    /// 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
    @Test func masksComeFromPhilox() throws {
      for (word, position) in [
        (0x6627_e8d5, 0), (0xe169_c58d, 1), (0xbc57_ac4c, 2), (0x9b00_dbd8, 3),
      ] {
        // The upper 24 bits are not below themselves, but below their successor.
        for (threshold, expected) in [(word >> 8, 1.5), ((word >> 8) + 1, 0)] {
          let mask = try Tensor.dropoutMask(
            key: .randomKey(SIMD2(0, 0), device: .cpu), threshold: UInt32(threshold), scale: 1.5,
            shape: [4])
          #expect(try mask.doubles()[position] == expected)
        }
      }
    }

    @Test func masksMayBeEmptyOrHaveNoDimensions() throws {
      func mask(_ shape: [Int]) throws -> Tensor {
        try Tensor.dropoutMask(
          key: .randomKey(SIMD2(1, 2), device: .cpu), threshold: 1 << 24, scale: 1, shape: shape)
      }
      #expect(try mask([0, 3]).shape == [0, 3])
      #expect(try mask([]).floats() == [0])
      #expect(throws: TorchError.self) { try mask([-1]) }
    }

    @Test func keysHaveAllTheirBits() throws {
      let key = try Tensor.randomKey(SIMD2(0xFFFF_FFFE, 0x8000_0001), device: .cpu)
      #expect(try key.integers() == [0xFFFF_FFFE, 0x8000_0001])
      for wrong in [try Tensor([1, 2, 3] as [Int]), try Tensor.ones([2])] {
        #expect(throws: TorchError.self) {
          try Tensor.dropoutMask(key: wrong, threshold: 1, scale: 1, shape: [4])
        }
      }
    }

    /// On the CPU, operations are called again; errors of theirs are passed on.
    @Test func recordedOperationsReadTheirTensorsAnew() throws {
      let (input, output) = (try Tensor.ones([2]), try Tensor.zeros([2]))
      let operations = try RecordedOperations(on: .cpu) {
        try output.copy(from: input.add(input))
      }
      try operations.run()
      try operations.record()
      try input.copy(from: Tensor([3, 4] as [Float]))
      #expect(try output.floats() == [2, 2])
      try operations.replay()
      #expect(try output.floats() == [6, 8])
      let failing = try RecordedOperations(on: .cpu) { _ = try input.add(Tensor.ones([3])) }
      #expect(throws: TorchError.self) { try failing.run() }
      #expect(throws: TorchError.self) { try failing.replay() }
      #expect(RecordedOperations.areAvailable(on: .cpu))
    }

    @Test func readValuesAreCounted() throws {
      let tensor = try Tensor.ones([3])
      try Transfers.begin()
      #expect(throws: TorchError.self) { try Transfers.begin() }
      _ = try tensor.sum().item()
      _ = try tensor.add(tensor).sum().item()
      let transfers = try Transfers.end()
      #expect(transfers == Transfers(scalars: 2))
      #expect(throws: TorchError.self) { try Transfers.end() }
      _ = try tensor.sum().item()
      try Transfers.begin()
      #expect(try Transfers.end() == Transfers())
    }

    @Test func theMemoryOfTheCPUIsNotCounted() {
      let error = #expect(throws: TorchError.self) { try Device.cpu.allocatedBytes() }
      #expect(
        error?.description == "the memory of cpu: the memory of tensors on the CPU is not counted")
    }

    @Test func stepCountsMayBeOnTheDeviceOfTheirParameter() throws {
      let parameter = try Tensor.ones([2])
      try parameter.setRequiresGrad(true)
      try parameter.setGrad(Tensor.ones([2]))
      let steps = try Tensor(scalar: 0)
      try fusedAdam(
        [parameter], expAvgs: [.zeros([2])], expAvgSqs: [.zeros([2])], steps: [steps],
        options: AdamOptions())
      #expect(try steps.item() == 1)
    }
  }
}
