import Testing
import Torch

extension TorchTests {
  @Suite struct GatherNormalize {
    /// All 256 bytes in each of three channels, in an order that differs from row to row.
    let pixels: Tensor

    init() throws {
      let bytes = (0..<5 * 3 * 256).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 / 256) }
      pixels = try Tensor(bytes, shape: [5, 3, 16, 16])
    }

    @Test func theBitsOfSeparateSteps() throws {
      let mean: [Float] = [0.485, 0.456, 0.406]
      let std: [Float] = [0.229, 0.224, 0.225]
      let index = try Tensor([4, 0, 0, 2] as [Int])
      let result = try pixels.gatherNormalize(index: index, mean: mean, std: std)
      #expect(result.shape == [4, 3, 16, 16])
      #expect(result.dtype == .float32)
      let expected = try pixels.indexSelect(dim: 0, index: index).to(.float32).div(255)
        .sub(Tensor(mean, shape: [3, 1, 1])).div(Tensor(std, shape: [3, 1, 1]))
      #expect(
        try result.floats().map(\.bitPattern) == expected.floats().map(\.bitPattern))
    }

    @Test func oneValueForAllChannels() throws {
      let index = try Tensor([1] as [Int])
      let result = try pixels.gatherNormalize(index: index, mean: [0.1307], std: [0.3081])
      let expected = try pixels.narrow(dim: 0, start: 1, length: 1).to(.float32).div(255)
        .sub(Tensor([0.1307] as [Float])).div(Tensor([0.3081] as [Float]))
      #expect(try result.floats() == expected.floats())
      let plain = try pixels.view([5, 768]).gatherNormalize(index: index)
      #expect(plain.shape == [1, 768])
      #expect(
        try plain.floats()
          == pixels.narrow(dim: 0, start: 1, length: 1).to(.float32).div(255).floats())
    }

    /// In any order of memory, and with one channel repeated.
    @Test func channelsLastAndRepeated() throws {
      let mean: [Float] = [0.485, 0.456, 0.406]
      let std: [Float] = [0.229, 0.224, 0.225]
      let index = try Tensor([3, 1, 3] as [Int])
      let plain = try pixels.gatherNormalize(index: index, mean: mean, std: std)
      let last = try pixels.gatherNormalize(
        index: index, mean: mean, std: std, format: .channelsLast)
      #expect(last.isContiguous(.channelsLast) && !last.isContiguous())
      #expect(try last.floats() == plain.floats())
      let grey = try pixels.narrow(dim: 1, start: 1, length: 1).contiguous()
      let three = try Tensor.cat([grey, grey, grey], dim: 1)
      let expected = try three.gatherNormalize(index: index, mean: mean, std: std).floats()
      for format in [MemoryFormat.contiguous, .channelsLast] {
        let repeated = try grey.gatherNormalize(
          index: index, mean: mean, std: std, channels: 3, format: format)
        #expect(repeated.shape == [3, 3, 16, 16] && repeated.isContiguous(format))
        #expect(try repeated.floats() == expected)
      }
      #expect(throws: TorchError.self) { try pixels.gatherNormalize(index: index, channels: 4) }
    }

    @Test func noRows() throws {
      let none = try Tensor([Int]())
      #expect(try pixels.gatherNormalize(index: none).shape == [0, 3, 16, 16])
      let empty = try Tensor([UInt8](), shape: [0, 3, 4, 4])
      #expect(try empty.gatherNormalize(index: none).shape == [0, 3, 4, 4])
    }

    @Test func wrongOperands() throws {
      let index = try Tensor([5] as [Int])
      let range = #expect(throws: TorchError.self) { try pixels.gatherNormalize(index: index) }
      #expect(range?.description == "gatherNormalize: index 5 is out of range for 5 rows")
      let zero = try Tensor([0] as [Int])
      #expect(throws: TorchError.self) {
        try pixels.gatherNormalize(index: Tensor([-1] as [Int]))
      }
      #expect(throws: TorchError.self) {
        try pixels.gatherNormalize(index: zero, mean: [0, 0], std: [1, 1])
      }
      #expect(throws: TorchError.self) { try pixels.gatherNormalize(index: zero, mean: [0]) }
      #expect(throws: TorchError.self) { try pixels.to(.float32).gatherNormalize(index: zero) }
      #expect(throws: TorchError.self) {
        try pixels.gatherNormalize(index: Tensor([0] as [Float]))
      }
    }
  }
}
