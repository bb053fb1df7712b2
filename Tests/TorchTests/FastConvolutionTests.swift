import Testing
import Torch

extension TorchTests {
  /// The kernels for pictures in channels-last order against LibTorch's, which compute contiguous ones.
  @Suite struct FastPictures {
    /// Numbers between -1 and 1 that look random but are always the same.
    private func noise(_ shape: [Int], _ seed: UInt32) throws -> Tensor {
      var state = seed &* 2_654_435_761 &+ 1
      let values = (0..<shape.reduce(1, *)).map { _ -> Float in
        state = state &* 1_664_525 &+ 1_013_904_223
        return Float(state >> 8) / Float(1 << 23) - 1
      }
      return try Tensor(values, shape: shape)
    }

    private func leaf(_ tensor: Tensor) throws -> Tensor {
      let copy = try withNoGrad { () throws(TorchError) -> Tensor in try tensor.mul(1) }
      try copy.setRequiresGrad(true)
      return copy
    }

    /// The largest difference, as a part of the largest expected value.
    private func difference(_ tensor: Tensor, _ expected: Tensor) throws -> Double {
      let values = try expected.doubles()
      return try distance(tensor, values) / (values.map(abs).max() ?? 0)
    }

    /// Outputs and gradients of `layer` for leaves, the first of which is a picture in `format`.
    private func run(
      _ leaves: [Tensor], _ format: MemoryFormat, _ layer: ([Tensor]) throws -> Tensor
    ) throws -> [Tensor] {
      var own = try leaves.map(leaf)
      for (index, tensor) in own.enumerated() where tensor.shape.count == 4 && index != 1 {
        own[index] = try withNoGrad { () throws(TorchError) -> Tensor in
          try tensor.contiguous(format)
        }
        try own[index].setRequiresGrad(true)
      }
      let y = try layer(own)
      try y.backward(gradient: noise(y.shape, 77).contiguous(format))
      return try [y] + own.map { try #require(try $0.grad()) }
    }

    struct Convolution: Sendable {
      var images, height, width, input, output: Int
      var padding: [Int]
      var kernel = [3, 3]
      var stride = [1]
    }

    @Test(arguments: [
      Convolution(images: 1, height: 1, width: 1, input: 16, output: 16, padding: [1]),
      Convolution(images: 2, height: 7, width: 9, input: 16, output: 48, padding: [1]),
      Convolution(images: 3, height: 12, width: 5, input: 48, output: 32, padding: [0, 2]),
      Convolution(images: 5, height: 16, width: 16, input: 64, output: 64, padding: [1]),
      Convolution(images: 2, height: 3, width: 3, input: 32, output: 16, padding: [0]),
      Convolution(images: 33, height: 8, width: 7, input: 144, output: 160, padding: [1]),
      // Products of matrices.
      Convolution(images: 7, height: 2, width: 2, input: 5, output: 3, padding: [1]),
      Convolution(
        images: 3, height: 1, width: 1, input: 12, output: 30, padding: [0], kernel: [1, 1]),
      Convolution(images: 4, height: 2, width: 1, input: 6, output: 7, padding: [1], stride: [2]),
      Convolution(
        images: 5, height: 3, width: 2, input: 4, output: 6, padding: [2, 1], kernel: [5, 3]),
      Convolution(
        images: 2, height: 4, width: 5, input: 3, output: 8, padding: [0], kernel: [4, 5]),
      // Direct sums.
      Convolution(
        images: 3, height: 9, width: 7, input: 1, output: 6, padding: [2], kernel: [5, 5]),
      Convolution(
        images: 4, height: 6, width: 14, input: 6, output: 16, padding: [0], kernel: [5, 5]),
      Convolution(
        images: 2, height: 12, width: 11, input: 3, output: 41, padding: [3], kernel: [7, 7],
        stride: [2]),
      Convolution(
        images: 2, height: 8, width: 9, input: 2, output: 5, padding: [0, 3], kernel: [2, 3],
        stride: [3, 1]),
      Convolution(images: 2, height: 150, width: 170, input: 3, output: 8, padding: [1]),
      // A picture of the output is smaller than a register.
      Convolution(
        images: 6_000, height: 3, width: 3, input: 1, output: 1, padding: [0], kernel: [2, 2]),
      // A pixel of the output does not depend on the whole input.
      Convolution(images: 2, height: 3, width: 2, input: 4, output: 6, padding: [1]),
    ])
    func convolution(_ shape: Convolution) throws {
      let x = try noise([shape.images, shape.input, shape.height, shape.width], 1)
      let weight = try noise([shape.output, shape.input] + shape.kernel, 2)
      let bias = try noise([shape.output], 3)
      for values in [[x, weight], [x, weight, bias]] {
        let layer: ([Tensor]) throws -> Tensor = {
          try $0[0].conv2d(
            weight: $0[1], bias: $0.count > 2 ? $0[2] : nil, stride: shape.stride,
            padding: shape.padding)
        }
        let expected = try run(values.map { try $0.to(.float64) }, .contiguous, layer)
        let found = try run(values, .channelsLast, layer)
        for (a, b) in zip(found, expected) { #expect(try difference(a, b) < 1e-5) }
        // What follows may overwrite the output.
        let cut = try run(values.map { try $0.to(.float64) }, .contiguous) { try layer($0).relu() }
        let overwritten = try run(values, .channelsLast) { leaves in
          let y = try layer(leaves)
          try y.reluInPlace()
          return y
        }
        for (a, b) in zip(overwritten, cut) { #expect(try difference(a, b) < 1e-5) }
      }
      let packed = try PackedLayer.conv2d(
        weight: weight, bias: bias, stride: shape.stride, padding: shape.padding, input: x.shape)
      let plain = try x.conv2d(
        weight: weight, bias: bias, stride: shape.stride, padding: shape.padding)
      let residual = try noise(plain.shape, 4)
      #expect(try difference(packed(x), plain) < 1e-5)
      let summed = try packed(x, adding: residual, activation: .relu)
      #expect(try difference(summed, plain.add(residual).relu()) < 1e-5)
      // Large enough for both limits of ReLU6.
      let wide = try PackedLayer.conv2d(
        weight: weight.mul(9), stride: shape.stride, padding: shape.padding, input: x.shape)
      let values = try x.conv2d(
        weight: weight.mul(9), stride: shape.stride, padding: shape.padding)
      let activations: [(PackedLayer.Activation, (Tensor) throws -> Tensor)] = [
        (.relu, { try $0.relu() }), (.relu6, { try $0.relu6() }),
        (.hardswish, { try $0.hardswish() }), (.silu, { try $0.silu() }),
      ]
      // As a part of the largest value before the activation.
      let limit = try 1e-5 * (values.doubles().map(abs).max() ?? 0)
      for (fused, alone) in activations {
        #expect(
          try distance(wide(x, activation: fused), alone(values).doubles()) < limit)
        #expect(
          try distance(
            wide(x, adding: residual, activation: fused), alone(values.add(residual)).doubles())
            < limit)
      }
    }

    /// What a picture gives depends neither on those beside it nor on the number of threads.
    @Test(arguments: [(32, 48), (144, 160), (3, 20)])
    func sameBitsForEveryBatch(_ channels: (Int, Int)) throws {
      let x = try noise([21, channels.0, 13, 9], 5).contiguous(.channelsLast)
      let weight = try noise([channels.1, channels.0, 3, 3], 6)
      let threads = Runtime.threadCount
      defer { try? Runtime.setThreadCount(threads) }
      let layer: ([Tensor]) throws -> Tensor = { try $0[0].conv2d(weight: $0[1], padding: [1]) }
      let all = try run([x, weight], .channelsLast, layer).map { try $0.floats() }
      let size = all[0].count / 21
      for (first, count) in [(0, 1), (3, 7), (20, 1)] {
        let part = try x.narrow(dim: 0, start: first, length: count).contiguous(.channelsLast)
        let y = try part.conv2d(weight: weight, padding: [1]).floats()
        #expect(y == Array(all[0][first * size..<(first + count) * size]))
      }
      for count in [1, 2, 3, 7] {
        try Runtime.setThreadCount(count)
        #expect(try run([x, weight], .channelsLast, layer).map { try $0.floats() } == all)
      }
    }

    /// These are computed by kernels of their own, or there is nothing to compare: they round in another way.
    @Test(arguments: [
      Convolution(images: 2, height: 8, width: 8, input: 64, output: 64, padding: [1]),
      Convolution(images: 2, height: 2, width: 2, input: 64, output: 64, padding: [1]),
      Convolution(images: 9, height: 2, width: 2, input: 64, output: 64, padding: [1], stride: [2]),
    ])
    func ownKernels(_ shape: Convolution) throws {
      let x = try noise([shape.images, shape.input, shape.height, shape.width], 1)
      let weight = try noise([shape.output, shape.input] + shape.kernel, 2)
      func outputs(_ format: MemoryFormat) throws -> [Float] {
        try x.contiguous(format)
          .conv2d(weight: weight, stride: shape.stride, padding: shape.padding).floats()
      }
      #expect(try outputs(.contiguous) != outputs(.channelsLast))
    }

    /// Not a number stays visible in the output.
    @Test func notANumber() throws {
      var values = [Float](repeating: 1, count: 16 * 25)
      values[7] = .nan
      let x = try Tensor(values, shape: [1, 16, 5, 5]).contiguous(.channelsLast)
      let y = try x.conv2d(weight: Tensor.ones([16, 16, 3, 3]), padding: [1])
      #expect(try y.floats().contains { $0.isNaN })
      let mean = try Tensor.zeros([16])
      let normalised = try x.batchNorm(
        runningMean: mean, runningVar: Tensor.ones([16]), training: true, relu: true)
      #expect(try normalised.floats().contains { $0.isNaN })
    }

    @Test(arguments: [(2, 16, 5, 7), (1, 64, 33, 40), (7, 48, 1, 1)])
    func batchNorm(_ shape: (Int, Int, Int, Int)) throws {
      let dims = [shape.0, shape.1, shape.2, shape.3]
      // Far from 0, as pictures without normalisation are.
      let x = try noise(dims, 8).mul(3).add(20)
      let weight = try noise([shape.1], 9)
      let bias = try noise([shape.1], 10)
      let residual = try noise(dims, 11)
      for (hasResidual, relu) in [(false, false), (false, true), (true, false), (true, true)] {
        var statistics: [[Tensor]] = []
        func layer(_ leaves: [Tensor]) throws -> Tensor {
          statistics.append([try Tensor.full([shape.1], 3), try Tensor.full([shape.1], 2)])
          let last = statistics[statistics.count - 1]
          return try leaves[0].batchNorm(
            weight: leaves[1], bias: leaves[2], runningMean: last[0], runningVar: last[1],
            training: true, momentum: 0.25, adding: leaves.count > 3 ? leaves[3] : nil, relu: relu)
        }
        let leaves = [x, weight, bias] + (hasResidual ? [residual] : [])
        // float64 in contiguous order.
        let exact = try run(leaves.map { try $0.to(.float64) }, .contiguous) { leaves in
          let own = [try Tensor.zeros([shape.1], dtype: .float64)]
          let y = try leaves[0].batchNorm(
            weight: leaves[1], bias: leaves[2], runningMean: own[0],
            runningVar: Tensor.ones([shape.1], dtype: .float64), training: true)
          let sum = leaves.count > 3 ? try y.add(leaves[3]) : y
          return relu ? try sum.relu() : sum
        }
        let plain = try run(leaves, .contiguous, layer)
        let found = try run(leaves, .channelsLast, layer)
        for (index, values) in exact.enumerated() {
          let bound = max(1e-5, 2 * (try difference(plain[index], values)))
          #expect(try difference(found[index], values) < bound, "\(hasResidual) \(relu) \(index)")
        }
        for (a, b) in zip(statistics[1], statistics[0]) { #expect(try difference(a, b) < 1e-6) }
      }
    }

    struct Pooling: Sendable {
      var shape: [Int]
      var kernel: [Int]
      var stride: [Int]
      var padding: [Int]
    }

    /// Every bit is LibTorch's, with many equal values, of which the first has the gradient.
    @Test(arguments: [
      Pooling(shape: [3, 6, 8, 10], kernel: [2], stride: [], padding: [0]),
      Pooling(shape: [2, 16, 9, 7], kernel: [3], stride: [2], padding: [1]),
      Pooling(shape: [2, 5, 6, 8], kernel: [3, 2], stride: [1, 3], padding: [1, 0]),
      Pooling(shape: [1, 20, 3, 3], kernel: [3], stride: [], padding: [0]),
    ])
    func maxPool(_ pooling: Pooling) throws {
      let values = try noise(pooling.shape, 21).floats().map { ($0 * 4).rounded() }
      let x = try Tensor(values, shape: pooling.shape)
      let layer: ([Tensor]) throws -> Tensor = {
        try $0[0].maxPool2d(
          kernel: pooling.kernel, stride: pooling.stride, padding: pooling.padding)
      }
      let expected = try run([x], .contiguous, layer).map { try $0.floats() }
      #expect(try run([x], .channelsLast, layer).map { try $0.floats() } == expected)
      var damaged = values
      damaged[7] = .nan
      let y = try layer([Tensor(damaged, shape: pooling.shape).contiguous(.channelsLast)])
      #expect(try y.floats().contains { $0.isNaN })
    }

    @Test func concatenation() throws {
      let pictures = try [
        noise([3, 5, 4, 6], 12), noise([3, 5, 1, 1], 13), noise([3, 2, 4, 6], 14),
      ]
      let layer: ([Tensor]) throws -> Tensor = { try Tensor.cat($0, dim: 1) }
      for chosen in [[pictures[0], pictures[0], pictures[2]], [pictures[1], pictures[1]]] {
        let expected = try run(chosen, .contiguous, layer).map { try $0.floats() }
        let found = try run(chosen, .channelsLast, layer).map { try $0.floats() }
        #expect(found == expected)
      }
      #expect(throws: TorchError.self) { try Tensor.cat([pictures[0], pictures[1]], dim: 1) }
    }
  }
}
