import Testing
import Torch

extension TorchTests {
  @Suite struct Operations {
    @Test func shapes() throws {
      let x = try ramp([2, 3, 4], start: 0, step: 1)
      #expect(try x.reshape([4, -1]).shape == [4, 6])
      #expect(try x.flatten().shape == [24])
      #expect(try x.flatten(start: 1).shape == [2, 12])
      #expect(try x.unsqueeze(0).shape == [1, 2, 3, 4])
      #expect(try x.unsqueeze(-1).shape == [2, 3, 4, 1])
      let part = try x.narrow(dim: 2, start: 1, length: 2)
      #expect(part.shape == [2, 3, 2])
      #expect(try part.contiguous().floats().prefix(4) == [1, 2, 5, 6])
      let index = try Tensor([1, 1, 0] as [Int])
      #expect(try x.view([24]).indexSelect(dim: 0, index: index).floats() == [1, 1, 0])
      #expect(throws: TorchError.self) { try part.view([12]) }
    }

    @Test func concatenation() throws {
      let parts = try (0..<50).map { try Tensor.full([1, 2], Double($0)) }
      let joined = try Tensor.cat(parts)
      #expect(joined.shape == [50, 2])
      #expect(try joined.sum().item() == 2450)
      // The operands here live in the array alone, which is not used after the call.
      #expect(
        try Tensor.cat([Tensor.ones([2, 1]), Tensor.zeros([2, 1])], dim: 1).floats() == [
          1, 0, 1, 0,
        ])
      let error = #expect(throws: TorchError.self) { try Tensor.cat([]) }
      #expect(error?.operation == "cat")
    }

    @Test func arithmetic() throws {
      let a = try Tensor([1, 2, 4] as [Float])
      let b = try Tensor([2, 2, 0.5] as [Float])
      #expect(try a.add(b).floats() == [3, 4, 4.5])
      #expect(try a.add(b, alpha: 2).floats() == [5, 6, 5])
      #expect(try a.sub(b).floats() == [-1, 0, 3.5])
      #expect(try a.mul(b).floats() == [2, 4, 2])
      #expect(try a.div(b).floats() == [0.5, 1, 8])
      #expect(try a.add(1).floats() == [2, 3, 5])
      #expect(try a.sub(1).floats() == [0, 1, 3])
      #expect(try a.mul(2).floats() == [2, 4, 8])
      #expect(try a.div(2).floats() == [0.5, 1, 2])
      #expect(try a.neg().abs().floats() == [1, 2, 4])
      #expect(try a.sqrt().mul(a.sqrt()).floats()[2] == 4)
      #expect(try a.eq(b).bytes() == [0, 1, 0])
      #expect(try a.eq(b).sum().item() == 1)
      let target = try a.clone()
      try target.addInPlace(1)
      try target.mulInPlace(2)
      try target.addInPlace(a, alpha: -1)
      try target.mulInPlace(b)
      #expect(try target.floats() == [6, 8, 3])
    }

    @Test func reductions() throws {
      let x = try Tensor([1, 5, 3, 4, 2, 6] as [Float], shape: [2, 3])
      #expect(try x.sum().item() == 21)
      #expect(try x.sum([0]).floats() == [5, 7, 9])
      #expect(try x.sum([1], keepDims: true).shape == [2, 1])
      #expect(try x.mean().item() == 3.5)
      #expect(try x.mean([0, 1]).item() == 3.5)
      #expect(try x.max().item() == 6)
      let (values, indices) = try x.max(dim: 1)
      #expect(try values.floats() == [5, 6])
      #expect(try indices.integers() == [1, 2])
      #expect(try x.max(dim: 1).indices.integers() == [1, 2])
      #expect(try x.max(dim: -1, keepDim: true).indices.shape == [2, 1])
      #expect(throws: TorchError.self) { try x.item() }
    }

    @Test func aFailedAllocationIsOutOfMemory() {
      let error = #expect(throws: TorchError.self) { try Tensor.ones([1 << 50]) }
      #expect(error?.isOutOfMemory == true, "\(error?.description ?? "no error")")
    }

    @Test func errorsAreReadable() throws {
      let error = #expect(throws: TorchError.self) {
        try Tensor.ones([2, 3]).linear(weight: Tensor.ones([4, 5]))
      }
      #expect(error?.operation == "linear")
      #expect(error?.message == "mat1 and mat2 shapes cannot be multiplied (2x3 and 5x4)")
      #expect(error?.description.hasPrefix("linear: mat1") == true)
      #expect(error?.isOutOfMemory == false)

      let conv = #expect(throws: TorchError.self) {
        try Tensor.ones([1, 3, 8, 8]).conv2d(weight: Tensor.ones([4, 2, 3, 3]))
      }
      let text = conv?.description ?? ""
      #expect(text.hasPrefix("conv2d: ") && text.contains("channels"))
      for sign in ["frame #", "Exception raised", ".cpp"] { #expect(!text.contains(sign)) }

      let dims = #expect(throws: TorchError.self) {
        try Tensor.ones([1]).reshape(Array(repeating: 1, count: 9))
      }
      #expect(dims?.description == "reshape: 9 dimensions are more than 8")
      #expect(throws: TorchError.self) { try Tensor.zeros([-1]) }
    }

    @Test func exhaustedMemoryIsAnError() throws {
      let error = #expect(throws: TorchError.self) { try Tensor.full([1 << 50], 2) }
      #expect(error?.operation == "full")
    }
  }
}
