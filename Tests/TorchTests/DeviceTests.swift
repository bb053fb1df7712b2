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
            key: SIMD2(0, 0), threshold: UInt32(threshold), scale: 1.5, shape: [4], device: .cpu)
          #expect(try mask.doubles()[position] == expected)
        }
      }
    }

    @Test func masksMayBeEmptyOrHaveNoDimensions() throws {
      func mask(_ shape: [Int]) throws -> Tensor {
        try Tensor.dropoutMask(
          key: SIMD2(1, 2), threshold: 1 << 24, scale: 1, shape: shape, device: .cpu)
      }
      #expect(try mask([0, 3]).shape == [0, 3])
      #expect(try mask([]).floats() == [0])
      #expect(throws: TorchError.self) { try mask([-1]) }
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
