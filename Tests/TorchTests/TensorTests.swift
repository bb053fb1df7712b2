import Testing
import Torch

extension TorchTests {
  @Suite struct Tensors {
    @Test func arraysComeBack() throws {
      let floats: [Float] = [1.5, -2, 0, 4, 5, 6]
      let tensor = try Tensor(floats, shape: [2, 3])
      #expect(tensor.shape == [2, 3])
      #expect(tensor.dim == 2)
      #expect(tensor.numel == 6)
      #expect(tensor.dtype == .float32)
      #expect(tensor.device == .cpu)
      #expect(tensor.description == "float32[2, 3] on cpu")
      #expect(try tensor.floats() == floats)
      #expect(try Tensor([1.5, -0.1]).array() == [1.5, -0.1] as [Double])
      #expect(try Tensor([1, -2, .max] as [Int64]).array() == [1, -2, .max] as [Int64])
      #expect(try Tensor([1, -2, .max] as [Int]).integers() == [1, -2, .max])
      #expect(try Tensor([1, -2] as [Int32]).array() == [1, -2] as [Int32])
      #expect(try Tensor([0, 255] as [UInt8]).bytes() == [0, 255])
      #expect(try Tensor([3] as [Int]).doubles() == [3])
    }

    @Test func emptyArraysAndScalars() throws {
      let none = try Tensor([Float](), shape: [0, 3])
      #expect(none.shape == [0, 3])
      #expect(try none.floats() == [])
      #expect(try none.sum().item() == 0)
      #expect(try Tensor([Float]()).shape == [0])
      let scalar = try Tensor(scalar: 2.5, dtype: .float64)
      #expect(scalar.shape == [])
      #expect(scalar.dtype == .float64)
      #expect(try scalar.item() == 2.5)
    }

    @Test(arguments: ScalarType.allCases.filter { $0 != .other })
    func everyTypeIsMadeAndConverted(dtype: ScalarType) throws {
      #expect(try Tensor.ones([2], dtype: dtype).floats() == [1, 1])
      #expect(try Tensor.zeros([2], dtype: dtype).dtype == dtype)
      #expect(try Tensor.zeros([2, 0], dtype: dtype).shape == [2, 0])
      #expect(try Tensor([1, 0] as [Float]).to(dtype).floats() == [1, 0])
      var bytes = [UInt8](repeating: 7, count: 3 * dtype.byteCount)
      try bytes.withUnsafeMutableBytes {
        try Tensor.zeros([3], dtype: dtype).copyBytes(to: $0)
      }
      #expect(bytes.allSatisfy { $0 == 0 })
    }

    @Test func fullAndLike() throws {
      #expect(try Tensor.full([3], -2, dtype: .int64).integers() == [-2, -2, -2])
      let parameter = try Tensor.ones([2, 3, 4, 4]).contiguous(.channelsLast)
      let state = try Tensor.zeros(like: parameter)
      #expect(state.shape == [2, 3, 4, 4])
      #expect(state.isContiguous(.channelsLast) && !state.isContiguous())
    }

    @Test func byteCountsAreChecked() throws {
      let error = #expect(throws: TorchError.self) {
        try Tensor([1, 2, 3] as [Float], shape: [2, 2])
      }
      #expect(error?.operation == "tensor")
      #expect(error?.message == "a Float tensor of shape [2, 2] takes 16 bytes, not 12")
      var bytes = [UInt8](repeating: 0, count: 7)
      #expect(throws: TorchError.self) {
        try bytes.withUnsafeMutableBytes { try Tensor.ones([2]).copyBytes(to: $0) }
      }
      let source: [UInt8] = [0, 0, 128, 63]
      let one = try source.withUnsafeBytes { try Tensor(bytes: $0, shape: [1], dtype: .float32) }
      #expect(try one.floats() == [1])
    }

    @Test func copiesAreCopiesAndViewsAreViews() throws {
      let tensor = try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
      let copy = try tensor.clone()
      let view = try tensor.view([4])
      try tensor.fill(9)
      #expect(try copy.floats() == [1, 2, 3, 4])
      #expect(try view.floats() == [9, 9, 9, 9])
      try tensor.copy(from: try Tensor([5, 6] as [Double]))
      #expect(try view.floats() == [5, 6, 5, 6])
      try view.zero()
      #expect(try tensor.floats() == [0, 0, 0, 0])
    }

    @Test func memoryFormats() throws {
      let tensor = try ramp([2, 3, 4, 5])
      let last = try tensor.contiguous(.channelsLast)
      #expect(tensor.isContiguous() && !last.isContiguous())
      #expect(last.isContiguous(.channelsLast))
      #expect(last.shape == [2, 3, 4, 5])
      #expect(try last.floats() == tensor.floats())
      #expect(try last.doubles() == tensor.doubles())
      #expect(throws: TorchError.self) { try Tensor.ones([2, 3]).contiguous(.channelsLast) }
    }

    @Test func missingDeviceIsAnError() throws {
      guard !Device.cuda(0).isAvailable else { return }
      let error = #expect(throws: TorchError.self) { try Tensor.ones([2], device: .cuda(0)) }
      #expect(
        error?.description == "ones: there is no device cuda:0; the number of CUDA devices is 0")
      #expect(throws: TorchError.self) { try Tensor([1] as [Float], device: .cuda(0)) }
    }
  }
}
