import Graph

extension ScriptCall {
  func convolution() -> String {
    func convolved(
      _ rank: Int, _ stride: [Int], _ padding: [Int], _ extra: [Int], _ dilation: [Int],
      _ groups: Int
    ) -> String {
      // Zeros at the end only, as `padding: same` needs them for an even window.
      let ends = extra.reversed().flatMap { [0, $0] }
      let source =
        ends.allSatisfy { $0 == 0 } ? input : "torch.constant_pad_nd(\(input), \(list(ends)), 0)"
      let arguments = [
        source, own("weight"), own("bias"), list(stride), list(padding), list(dilation),
        "\(groups)",
      ]
      return "torch.conv\(rank)d(\(arguments.joined(separator: ", ")))"
    }
    switch node.operation {
    case .conv2d(let conv):
      return convolved(
        2, conv.stride.array, conv.padding.array, conv.extraPadding.array, conv.dilation.array,
        conv.groups)
    case .conv1d(let conv):
      return convolved(
        1, [conv.stride], [conv.padding], [conv.extraPadding], [conv.dilation], conv.groups)
    case .convTranspose(let conv):
      return call(
        "conv_transpose\(conv.stride.count)d",
        [
          own("weight"), own("bias"), list(conv.stride), list(conv.padding),
          list(conv.outputPadding), "\(conv.groups)", list(conv.dilation),
        ])
    default: return input
    }
  }

  func pooling() -> String {
    func largest(
      _ rank: Int, _ kernel: [Int], _ stride: [Int], _ padding: [Int], _ dilation: [Int],
      _ ceil: Bool
    ) -> String {
      call(
        "max_pool\(rank)d",
        [list(kernel), list(stride), list(padding), list(dilation), Python.bool(ceil)])
    }
    func average(
      _ rank: Int, _ kernel: [Int], _ stride: [Int], _ padding: [Int], _ ceil: Bool, _ counts: Bool
    ) -> String {
      call(
        "avg_pool\(rank)d",
        [list(kernel), list(stride), list(padding), Python.bool(ceil), Python.bool(counts)])
    }
    switch node.operation {
    case .maxPool2d(let pool):
      return largest(
        2, pool.kernel.array, pool.stride.array, pool.padding.array, pool.dilation.array,
        pool.ceilMode)
    case .maxPool1d(let pool):
      return largest(
        1, [pool.kernel], [pool.stride], [pool.padding], [pool.dilation], pool.ceilMode)
    case .avgPool2d(let pool, let counts):
      return average(
        2, pool.kernel.array, pool.stride.array, pool.padding.array, pool.ceilMode, counts)
    case .avgPool1d(let pool, let counts):
      return average(1, [pool.kernel], [pool.stride], [pool.padding], pool.ceilMode, counts)
    case .adaptiveAvgPool2d(let size): return call("adaptive_avg_pool2d", [list(size.array)])
    case .adaptiveAvgPool1d(let size): return call("adaptive_avg_pool1d", [list([size])])
    case .adaptiveMaxPool(let size):
      return call("adaptive_max_pool\(size.count)d", [list(size)]) + "[0]"
    default: return call("mean", ["[2, 3]"])
    }
  }

  func rearrangement() -> String {
    switch node.operation {
    case .pad(let amounts, let padding):
      switch padding {
      case .constant(let value):
        let number =
          value.isFinite ? Python.number(value) : "float(\"\(value < 0 ? "-inf" : "inf")\")"
        return call("constant_pad_nd", [list(amounts), number])
      case .reflect: return call("pad", [list(spatial(amounts)), "\"reflect\""])
      case .replicate: return call("pad", [list(spatial(amounts)), "\"replicate\""])
      case .circular: return call("pad", [list(spatial(amounts)), "\"circular\""])
      }
    case .upsample(let upsample):
      let rank = upsample.size.count
      let factors = upsample.size.indices.map { place in
        upsample.scale.map { Python.number($0[place]) } ?? "None"
      }
      switch upsample.mode {
      case .nearest: return call("upsample_nearest\(rank)d", [list(upsample.size)] + factors)
      case .linear, .bilinear:
        let function = rank == 1 ? "upsample_linear1d" : "upsample_bilinear2d"
        return call(
          function, [list(upsample.size), Python.bool(upsample.alignCorners)] + factors)
      }
    case .pixelShuffle(let factor): return call("pixel_shuffle", ["\(factor)"])
    case .pixelUnshuffle(let factor): return call("pixel_unshuffle", ["\(factor)"])
    case .channelShuffle(let groups): return call("channel_shuffle", ["\(groups)"])
    default: return input
    }
  }

  /// Padding for all spatial dimensions, which modes other than `constant` need.
  private func spatial(_ amounts: [Int]) -> [Int] {
    amounts + Array(repeating: 0, count: max(2 * (shapes[0].count - 1) - amounts.count, 0))
  }
}
