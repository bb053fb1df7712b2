import Testing
import Torch

extension TorchTests {
  @Suite struct Autocast {
    /// 1 + 2⁻¹⁰, which bfloat16 rounds to 1.
    private static let fine: Float = 1.0009765625

    private func product(_ x: Tensor, _ weight: Tensor) throws -> Tensor {
      try x.linear(weight: weight, bias: nil)
    }

    @Test func operationsInsideComputeInTheOtherType() throws {
      let x = try Tensor([Self.fine], shape: [1, 1])
      let weight = try Tensor([Self.fine], shape: [1, 1])
      try withAutocast(to: .bfloat16, on: .cpu) { () throws -> Void in
        let inside = try product(x, weight)
        #expect(inside.dtype == .bfloat16)
        #expect(try inside.floats() == [1])
        try withAutocast(to: .float16, on: .cpu) { () throws -> Void in
          #expect(try product(x, weight).dtype == .float16)
        }
        #expect(try product(x, weight).dtype == .bfloat16)
      }
      #expect(try product(x, weight).floats() == [Self.fine * Self.fine])
    }

    @Test func errorsEndItToo() throws {
      struct Failure: Error {}
      #expect(throws: Failure.self) {
        try withAutocast(to: .bfloat16, on: .cpu) { throw Failure() }
      }
      let x = try Tensor([Self.fine], shape: [1, 1])
      #expect(try product(x, x).dtype == .float32)
      #expect(throws: TorchError.self) { try withAutocast(to: .int64, on: .cpu) {} }
      #expect(try product(x, x).dtype == .float32)
    }

    @Test func weightsAreConvertedAnewInEveryPass() throws {
      let weight = try Tensor([1 as Float], shape: [1, 1])
      try weight.setRequiresGrad(true)
      let x = try Tensor([2 as Float], shape: [1, 1])
      func pass() throws -> Tensor {
        try withAutocast(to: .bfloat16, on: .cpu) { try product(x, weight) }
      }
      #expect(try pass().floats() == [2])
      try withNoGrad { () throws -> Void in try weight.addInPlace(2) }
      let second = try pass()
      #expect(try second.floats() == [6])
      // Without gradients first, which must not leave a copy behind that has none.
      _ = try withInferenceMode { try pass() }
      try pass().to(.float32).sum().backward()
      let gradient = try #require(try weight.grad())
      #expect(gradient.dtype == .float32)
      #expect(try gradient.floats() == [2])
    }

    @Test func leavesNoTensorBehind() throws {
      let before = Runtime.liveTensorCountOfThread
      try withAutocast(to: .bfloat16, on: .cpu) {
        let x = try Tensor([Self.fine], shape: [1, 1])
        try x.setRequiresGrad(true)
        _ = try product(x, x)
      }
      #expect(Runtime.liveTensorCountOfThread == before)
    }
  }
}
