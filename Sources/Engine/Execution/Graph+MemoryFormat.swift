import Graph

extension Graph {
  /// Whether training is faster on a CPU with images stored channels last.
  ///
  /// It is with convolutions that have kernels of their own, which need this order. Others are faster in it as well,
  /// but their weights have to be reordered in every step. Measured speed-ups of LibTorch's with AVX-512: ResNet-50
  /// at 64 x 64 pixels (0.04 outputs for each weight) 0.93, at 128 (0.16) 1.05; MobileNetV2 at 128 (1.0) 1.45.
  var isFasterChannelsLast: Bool {
    var weights = 0
    var outputs = 0
    var products = 0
    var fastProducts = 0
    for node in nodes {
      guard case .conv2d(let conv) = node.operation,
        let weight = node.parameters.first(where: { $0.name == "weight" })
      else { continue }
      outputs = Saturating.add(outputs, node.output.count)
      weights = Saturating.add(weights, weight.count)
      let own = Saturating.multiply(node.output.count, weight.shape.dropFirst().reduce(1, *))
      products = Saturating.add(products, own)
      if conv.isFast(weight.shape, from: shape(of: node.inputs[0]), to: node.output) {
        fastProducts = Saturating.add(fastProducts, own)
      }
    }
    return weights > 0
      && (Saturating.multiply(outputs, 16) >= weights
        || Saturating.multiply(fastProducts, 2) >= products)
  }
}

extension Operation.Conv2d {
  /// Whether it is computed by a kernel of this program, which needs pictures in channels-last order.
  fileprivate func isFast(_ weight: [Int], from input: Shape, to output: Shape) -> Bool {
    guard weight.count == 4, input.dims.count == 3, output.dims.count == 3 else { return false }
    return isWinograd(weight, output.dims) || isDense(weight, input.dims, output.dims)
  }

  /// Whether it is computed by Winograd's algorithm: the condition of `isFast` in CTorch.
  private func isWinograd(_ weight: [Int], _ output: [Int]) -> Bool {
    output[1] * output[2] >= 6 * ((output[1] + 3) / 4) * ((output[2] + 3) / 4)
      && weight[0] % 16 == 0 && weight[1] % 16 == 0 && weight[2...] == [3, 3]
      && stride == Pair(1, 1) && dilation == Pair(1, 1) && groups == 1
      && max(padding.height, padding.width) <= 2
  }

  /// Whether it is computed as a product of matrices, because every pixel of the output depends on all of the input:
  /// the condition of `denseConvolution` in CTorch.
  private func isDense(_ weight: [Int], _ input: [Int], _ output: [Int]) -> Bool {
    func isDense(_ size: Int, _ outSize: Int, _ kernel: Int, _ stride: Int, _ padding: Int) -> Bool
    {
      size - 1 + padding < kernel && (outSize - 1) * stride <= padding
    }
    return dilation == Pair(1, 1) && groups == 1
      && isDense(input[1], output[1], weight[2], stride.height, padding.height)
      && isDense(input[2], output[2], weight[3], stride.width, padding.width)
  }
}
