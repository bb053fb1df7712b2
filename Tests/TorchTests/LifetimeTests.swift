import Testing
import Torch

extension TorchTests {
  @Suite struct Lifetimes {
    /// A training step with temporaries of every kind.
    func step() throws {
      let weight = try ramp([4, 3])
      try weight.setRequiresGrad(true)
      let bias = try ramp([4])
      try bias.setRequiresGrad(true)
      let parameters = [weight, bias]
      let states = try parameters.map { try Tensor.zeros(like: $0) }
      let squares = try parameters.map { try Tensor.zeros(like: $0) }
      let steps = try parameters.map { _ in try Tensor(scalar: 0) }
      for _ in 0..<3 {
        try zeroGrad(parameters)
        try Tensor.cat([ramp([2, 3]), ramp([1, 3])]).linear(weight: weight, bias: bias).relu()
          .crossEntropy(target: Tensor([0, 1, 2] as [Int])).backward()
        try clipGradNorm(parameters, maxNorm: 0.5)
        try fusedAdam(
          parameters, expAvgs: states, expAvgSqs: squares, steps: steps, options: AdamOptions())
      }
      _ = try weight.max(dim: 0)
      _ = try weight.grad()
    }

    @Test func everyTensorIsReleased() throws {
      let before = Runtime.liveTensorCountOfThread
      try step()
      #expect(Runtime.liveTensorCountOfThread == before)
    }

    @Test func errorsReleaseToo() throws {
      let before = Runtime.liveTensorCountOfThread
      for _ in 0..<10 {
        #expect(throws: TorchError.self) { try Tensor.ones([2]).add(Tensor.ones([3])) }
        #expect(throws: TorchError.self) { try Tensor.ones([2]).max(dim: 1) }
        #expect(throws: TorchError.self) {
          try Tensor.cat([Tensor.ones([2]), Tensor.ones([2, 2])])
        }
      }
      #expect(Runtime.liveTensorCountOfThread == before)
    }

    @Test func theCounterCounts() throws {
      let before = Runtime.liveTensorCountOfThread
      let tensors = try (0..<5).map { _ in try Tensor.ones([1]) }
      #expect(Runtime.liveTensorCountOfThread == before + 5)
      withExtendedLifetime(tensors) {}
    }

    /// In optimised code a temporary may go once its handle was read; freed memory would be reused
    /// by the tensors that follow.
    @Test func temporariesOutliveTheirCalls() throws {
      for round in 0..<200 {
        let value = Double(round)
        let sum = try Tensor.cat((0..<20).map { _ in try Tensor.full([64], value) })
          .add(Tensor.full([1280], 1)).mul(Tensor.full([1280], 2))
          .linear(weight: Tensor.ones([1, 1280]), bias: Tensor.ones([1])).item()
        #expect(sum == 1280 * 2 * (value + 1) + 1)
      }
    }
  }
}
