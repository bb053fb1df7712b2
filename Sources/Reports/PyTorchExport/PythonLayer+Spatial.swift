import Graph

extension PythonLayerTranslation {
  func convolution() -> PythonLayer {
    switch node.operation {
    case .conv2d(let conv):
      return convolution(
        "Conv2d", stride: conv.stride.array, padding: conv.padding.array,
        extra: conv.extraPadding.array, dilation: conv.dilation.array, groups: conv.groups)
    case .conv1d(let conv):
      return convolution(
        "Conv1d", stride: [conv.stride], padding: [conv.padding], extra: [conv.extraPadding],
        dilation: [conv.dilation], groups: conv.groups)
    case .convTranspose(let conv):
      let shape = shape(of: "weight")
      return .module(
        "ConvTranspose\(shape.count - 2)d",
        [
          .place("in_channels", shape[0]), .place("out_channels", shape[1] * conv.groups),
          .place("kernel_size", Python.sizes(Array(shape.dropFirst(2)))),
          .option("stride", Python.sizes(conv.stride), "1"),
          .option("padding", Python.sizes(conv.padding), "0"),
          .option("output_padding", Python.sizes(conv.outputPadding), "0"),
          .option("groups", conv.groups, 1), .flag("bias", has("bias"), true),
          .option("dilation", Python.sizes(conv.dilation), "1"),
        ])
    default: return PythonLayer()
    }
  }

  /// Only `padding: same` with an even window has extra padding.
  private func convolution(
    _ name: String, stride: [Int], padding: [Int], extra: [Int], dilation: [Int], groups: Int
  ) -> PythonLayer {
    let shape = shape(of: "weight")
    let isSame = extra.contains { $0 > 0 }
    return .module(
      name,
      [
        .place("in_channels", shape[1] * groups), .place("out_channels", shape[0]),
        .place("kernel_size", Python.sizes(Array(shape.dropFirst(2)))),
        .option("stride", Python.sizes(stride), "1"),
        .option("padding", isSame ? "\"same\"" : Python.sizes(padding), "0"),
        .option("dilation", Python.sizes(dilation), "1"), .option("groups", groups, 1),
        .flag("bias", has("bias"), true),
      ])
  }

  func pooling() -> PythonLayer {
    func window(_ kernel: [Int], _ stride: [Int], _ padding: [Int]) -> [PythonArgument] {
      [
        .place("kernel_size", Python.sizes(kernel)),
        .option("stride", Python.sizes(stride), Python.sizes(kernel)),
        .option("padding", Python.sizes(padding), "0"),
      ]
    }
    func largest(
      _ rank: Int, _ dilation: [Int], ceil: Bool, _ window: [PythonArgument]
    ) -> PythonLayer {
      .both(
        "MaxPool\(rank)d", "F.max_pool\(rank)d",
        window + [
          .option("dilation", Python.sizes(dilation), "1"), .flag("ceil_mode", ceil, false),
        ])
    }
    func average(
      _ rank: Int, ceil: Bool, _ countsPadding: Bool, _ window: [PythonArgument]
    ) -> PythonLayer {
      .both(
        "AvgPool\(rank)d", "F.avg_pool\(rank)d",
        window + [
          .flag("ceil_mode", ceil, false), .flag("count_include_pad", countsPadding, true),
        ])
    }
    func adaptive(_ kind: String, _ size: [Int]) -> PythonLayer {
      .both(
        "Adaptive\(kind)Pool\(size.count)d", "F.adaptive_\(kind.lowercased())_pool\(size.count)d",
        [.place("output_size", Python.sizes(size))])
    }
    switch node.operation {
    case .maxPool2d(let pool):
      return largest(
        2, pool.dilation.array, ceil: pool.ceilMode,
        window(pool.kernel.array, pool.stride.array, pool.padding.array))
    case .maxPool1d(let pool):
      return largest(
        1, [pool.dilation], ceil: pool.ceilMode,
        window([pool.kernel], [pool.stride], [pool.padding]))
    case .avgPool2d(let pool, let countsPadding):
      return average(
        2, ceil: pool.ceilMode, countsPadding,
        window(pool.kernel.array, pool.stride.array, pool.padding.array))
    case .avgPool1d(let pool, let countsPadding):
      return average(
        1, ceil: pool.ceilMode, countsPadding,
        window([pool.kernel], [pool.stride], [pool.padding]))
    case .adaptiveAvgPool2d(let size): return adaptive("Avg", size.array)
    case .adaptiveAvgPool1d(let size): return adaptive("Avg", [size])
    case .adaptiveMaxPool(let size): return adaptive("Max", size)
    default: return .method("mean", [.word("dim", "(2, 3)").positional])
    }
  }

  func rearrangement() -> PythonLayer {
    switch node.operation {
    case .pad(let amounts, let padding):
      var amounts = amounts
      if case .constant = padding {
      } else {
        // The other modes need numbers for all spatial dimensions.
        while amounts.count < 2 * (input.count - 1) { amounts.append(0) }
      }
      var arguments = [PythonArgument.place("pad", Python.tuple(amounts))]
      switch padding {
      case .constant(let value): arguments.append(.option("value", value, 0))
      case .reflect: arguments.append(.word("mode", "\"reflect\""))
      case .replicate: arguments.append(.word("mode", "\"replicate\""))
      case .circular: arguments.append(.word("mode", "\"circular\""))
      }
      return PythonLayer(expression: .function("F.pad", arguments))
    case .upsample(let upsample):
      var arguments: [PythonArgument] = []
      if let scale = upsample.scale {
        let factors = scale.map(Python.number)
        let text =
          Set(factors).count == 1 ? factors[0] : "(\(factors.joined(separator: ", ")))"
        arguments.append(PythonArgument(name: "scale_factor", value: text))
      } else {
        arguments.append(PythonArgument(name: "size", value: Python.sizes(upsample.size)))
      }
      arguments.append(.word("mode", "\"\(upsample.mode.rawValue)\""))
      if upsample.mode != .nearest {
        arguments.append(.flag("align_corners", upsample.alignCorners, false))
      }
      return .both("Upsample", "F.interpolate", arguments)
    case .pixelShuffle(let factor):
      return .both("PixelShuffle", "F.pixel_shuffle", [.place("upscale_factor", factor)])
    case .pixelUnshuffle(let factor):
      return .both("PixelUnshuffle", "F.pixel_unshuffle", [.place("downscale_factor", factor)])
    case .channelShuffle(let groups):
      return .both("ChannelShuffle", "torch.channel_shuffle", [.place("groups", groups)])
    default: return PythonLayer()
    }
  }
}
