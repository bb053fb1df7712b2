import Graph

extension Graph {
  /// Whether training is faster on a CPU with images stored channels last.
  ///
  /// Convolution and pooling kernels are, but the weights have to be reordered in every step. Measured
  /// speed-ups with AVX-512: ResNet-18 at 64 x 64 pixels (0.02 outputs for each weight) 0.87, at 128
  /// (0.07) 1.05, at 224 (0.22) 1.16; ResNet-50 at 64 (0.04) 0.93, at 128 (0.16) 1.05; MobileNetV2 at
  /// 128 (1.0) 1.45.
  var isFasterChannelsLast: Bool {
    var weights = 0
    var outputs = 0
    for node in nodes {
      guard case .conv2d = node.operation else { continue }
      outputs = Saturating.add(outputs, node.output.count)
      for parameter in node.parameters where parameter.name == "weight" {
        weights = Saturating.add(weights, parameter.count)
      }
    }
    return weights > 0 && Saturating.multiply(outputs, 16) >= weights
  }
}
