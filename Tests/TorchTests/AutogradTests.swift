import Testing
import Torch

extension TorchTests {
  @Suite struct Autograd {
    func leaf(_ values: [Float]) throws -> Tensor {
      let tensor = try Tensor(values)
      try tensor.setRequiresGrad(true)
      return tensor
    }

    @Test func gradientOfAnExpression() throws {
      // d/dx sum(x² + 3x) = 2x + 3
      let x = try leaf([1, -2, 0.5])
      #expect(x.requiresGrad)
      #expect(try x.grad() === nil)
      let y = try x.mul(x).add(x.mul(3)).sum()
      #expect(y.requiresGrad)
      try y.backward()
      #expect(try x.grad()?.floats() == [5, -1, 4])
      // Gradients add up, until they are removed.
      try x.mul(2).sum().backward()
      #expect(try x.grad()?.floats() == [7, 1, 6])
      try zeroGrad([x])
      #expect(try x.grad() === nil)
      try zeroGrad([])
    }

    @Test func explicitAndRepeatedGradients() throws {
      let x = try leaf([1, 2])
      let y = try x.mul(x)
      try y.backward(gradient: Tensor([1, 10] as [Float]), retainGraph: true)
      #expect(try x.grad()?.floats() == [2, 40])
      try y.backward(gradient: Tensor([1, 10] as [Float]))
      #expect(try x.grad()?.floats() == [4, 80])
      #expect(throws: TorchError.self) { try y.backward(gradient: Tensor([1, 1] as [Float])) }
      #expect(throws: TorchError.self) { try x.mul(x).backward() }
    }

    @Test func gradientsCanBeSet() throws {
      let x = try leaf([1, 2])
      try x.setGrad(Tensor([3, 4] as [Float]))
      #expect(try x.grad()?.floats() == [3, 4])
      let error = #expect(throws: TorchError.self) { try x.setGrad(Tensor.ones([3])) }
      #expect(
        error?.description == "setGrad: a gradient of shape [3] does not fit a tensor of shape [2]")
      #expect(throws: TorchError.self) { try x.setGrad(Tensor.ones([2], dtype: .float64)) }
      try x.setGrad(nil)
      #expect(try x.grad() === nil)
    }

    @Test func noGradient() throws {
      let x = try leaf([1, 2])
      #expect(throws: TorchError.self) { try x.mulInPlace(2) }
      let y = try withNoGrad { () throws(TorchError) in
        try x.mulInPlace(2)
        return try x.mul(3)
      }
      #expect(!y.requiresGrad)
      #expect(try x.mul(1).requiresGrad)
      #expect(try !x.detach().requiresGrad)
      #expect(throws: TorchError.self) { try y.sum().backward() }
      // The mode ends with a throw, too.
      #expect(throws: TorchError.self) { try withNoGrad { try x.view([5]) } }
      #expect(try x.mul(1).requiresGrad)
    }

    @Test func inferenceMode() throws {
      let x = try leaf([1, 2])
      let y = try withInferenceMode {
        try withInferenceMode { _ = try x.mul(2) }
        return try withNoGrad { try x.mul(3) }
      }
      #expect(!y.requiresGrad)
      #expect(try x.mul(1).requiresGrad)
      #expect(throws: TorchError.self) { try x.mul(y) }
      #expect(throws: TorchError.self) { try withInferenceMode { try x.view([5]) } }
      #expect(try x.mul(1).requiresGrad)
    }

    @Test func integersHaveNoGradient() throws {
      let error = #expect(throws: TorchError.self) {
        try Tensor([1] as [Int]).setRequiresGrad(true)
      }
      #expect(error?.operation == "setRequiresGrad")
    }
  }
}
