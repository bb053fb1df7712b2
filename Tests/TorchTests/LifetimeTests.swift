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

    /// The memory that a tensor shares is kept as long as any tensor uses it, and released after an error.
    @Test func sharedMemoryIsKeptAndReleased() throws {
      final class Owner: Sendable {
        nonisolated(unsafe) let memory = UnsafeMutableRawBufferPointer.allocate(
          byteCount: 12, alignment: 4)
        init() {
          for (place, value) in [Float(1), 2, 3].enumerated() {
            memory.storeBytes(of: value, toByteOffset: 4 * place, as: Float.self)
          }
        }
        deinit { memory.deallocate() }
      }
      weak var owner: Owner?
      func tensor(_ shape: [Int]) throws -> Tensor {
        let made = Owner()
        owner = made
        return try Tensor(
          sharing: UnsafeRawBufferPointer(made.memory), of: made, shape: shape, dtype: .float32)
      }
      do {
        let view = try tensor([3]).narrow(dim: 0, start: 1, length: 2)
        #expect(owner != nil)
        #expect(try view.floats() == [2, 3])
      }
      #expect(owner == nil)
      #expect(throws: TorchError.self) { _ = try tensor([4]) }
      #expect(owner == nil)
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
