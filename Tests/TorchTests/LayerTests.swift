import Testing
import Torch

extension TorchTests {
  /// Against PyTorch's numbers.
  @Suite struct Layers {
    let expected: [String: [Double]]
    let x: Tensor
    let flat: Tensor
    let vector: Tensor

    init() throws {
      expected = try goldens("layers")
      x = try ramp([2, 4, 5, 5], start: -3)
      flat = try ramp([3, 5], start: -2, step: 0.25)
      vector = try ramp([4], start: 0.5, step: 0.25)
    }

    func check(_ name: String, _ tensor: Tensor) throws {
      let distance = try distance(tensor, try #require(expected[name]))
      #expect(distance < 1e-5, "\(name)")
    }

    @Test func convolution() throws {
      let weight = try ramp([6, 2, 3, 3], step: 0.03125)
      let bias = try ramp([6], step: 0.25)
      let y = try x.conv2d(weight: weight, bias: bias, stride: [2], padding: [1, 0], groups: 2)
      #expect(y.shape == [2, 6, 3, 2])
      try check("conv2d", y)
      let lone = try x.conv2d(weight: Tensor.ones([1, 4, 1, 1]), dilation: [2, 2])
      #expect(lone.shape == [2, 1, 5, 5])
    }

    @Test func linearWithAndWithoutBias() throws {
      let weight = try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
      let input = try Tensor([1, 10] as [Float], shape: [1, 2])
      #expect(try input.linear(weight: weight).floats() == [21, 43])
      let bias = try Tensor([1, -1] as [Float])
      #expect(try input.linear(weight: weight, bias: bias).floats() == [22, 42])
    }

    @Test func normalisation() throws {
      let mean = try Tensor.zeros([4])
      let variance = try Tensor.ones([4])
      let y = try x.batchNorm(
        weight: vector, bias: vector, runningMean: mean, runningVar: variance, training: true)
      try check("batch_norm", y)
      try check("batch_norm_mean", mean)
      try check("batch_norm_var", variance)
      let before = try mean.floats()
      _ = try x.batchNorm(runningMean: mean, runningVar: variance, training: false)
      #expect(try mean.floats() == before)
      #expect(throws: TorchError.self) { try x.batchNorm(training: false) }

      let square = try ramp([5, 5])
      try check("layer_norm", x.layerNorm(normalizedShape: [5, 5], weight: square, bias: square))
      try check("group_norm", x.groupNorm(groups: 2, weight: vector, bias: vector))
    }

    @Test func pooling() throws {
      try check(
        "max_pool2d", x.maxPool2d(kernel: [3], stride: [2], padding: [1], ceilMode: true))
      try check(
        "avg_pool2d", x.avgPool2d(kernel: [3], stride: [2], padding: [1], countIncludePad: false))
      try check("adaptive_avg_pool2d", x.adaptiveAvgPool2d(outputSize: [2, 3]))
      #expect(try x.maxPool2d(kernel: [2]).shape == [2, 4, 2, 2])
    }

    @Test func activations() throws {
      #expect(try Tensor([-1, 0, 2] as [Float]).relu().floats() == [0, 0, 2])
      try check("leaky_relu", flat.leakyRelu(slope: 0.125))
      try check("gelu", flat.gelu())
      try check("gelu_tanh", flat.gelu(approximate: .tanh))
      try check("silu", flat.silu())
      try check("silu", flat.mul(flat.sigmoid()))
      try check("softmax", flat.softmax(dim: 1))
      #expect(try Tensor.zeros([1]).tanh().item() == 0)
    }

    @Test func losses() throws {
      let target = try Tensor([4, 0, 2] as [Int])
      try check("cross_entropy", flat.crossEntropy(target: target))
      try check(
        "cross_entropy_smooth",
        flat.crossEntropy(target: target, labelSmoothing: 0.1, reduction: .sum))
      try check("cross_entropy_none", flat.crossEntropy(target: target, reduction: .none))
      try check("mse", flat.mseLoss(target: flat.neg()))
      try check("bce", flat.bceWithLogitsLoss(target: Tensor.full([3, 5], 0.25)))
    }

    @Test func lossesRefuseTargetsThatDoNotFit() throws {
      let kinds = #expect(throws: TorchError.self) {
        try flat.crossEntropy(target: Tensor.zeros([3, 5]))
      }
      #expect(kinds?.description == "crossEntropy: class numbers must be int64, not Float")
      #expect(throws: TorchError.self) {
        try flat.crossEntropy(target: Tensor([0, 1, 5] as [Int]))
      }
      #expect(throws: TorchError.self) { try flat.mseLoss(target: Tensor.zeros([3, 1])) }
      #expect(throws: TorchError.self) { try flat.bceWithLogitsLoss(target: Tensor.zeros([5])) }
    }
  }
}
