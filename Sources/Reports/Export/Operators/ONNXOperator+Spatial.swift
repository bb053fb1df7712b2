extension ONNXOperator {
  /// Convolutions, pooling, normalisation and resizing.
  static let spatial: [String: ONNXOperator] = [
    "Conv": ONNXOperator(
      since: 11, 2...3, ["dilations", "group", "kernel_shape", "pads", "strides"]
    ) { call throws(ONNXFault) in
      let (input, weight) = (try call.input(0), try call.input(1))
      guard let sizes = weight.sizes, sizes.count == input.rank, sizes.count > 2 else {
        throw call.fault("cannot convolve \(input) with \(weight)")
      }
      let groups = try call.int("group", default: 1)
      if let channels = input.shape[1].size, channels != sizes[1] * groups {
        throw call.fault("cannot convolve \(input) with \(weight)")
      }
      try bias(call, sizes[0])
      let kernel = Array(sizes.dropFirst(2))
      return [ONNXType(.float, [input.shape[0], .fixed(sizes[0])] + (try windows(call, kernel)))]
    },
    "ConvTranspose": ONNXOperator(
      since: 11, 2...3,
      ["dilations", "group", "kernel_shape", "output_padding", "pads", "strides"]
    ) { call throws(ONNXFault) in
      let (input, weight) = (try call.input(0), try call.input(1))
      guard let sizes = weight.sizes, sizes.count == input.rank, sizes.count > 2,
        input.shape[1].size.map({ $0 == sizes[0] }) ?? true
      else { throw call.fault("cannot convolve \(input) with \(weight)") }
      let count = sizes.count - 2
      let ones = Array(repeating: 1, count: count)
      let (strides, dilations) = (
        try call.ints("strides", default: ones), try call.ints("dilations", default: ones)
      )
      let pads = try call.ints("pads", default: Array(repeating: 0, count: 2 * count))
      let extra = try call.ints("output_padding", default: Array(repeating: 0, count: count))
      let channels = sizes[1] * (try call.int("group", default: 1))
      try bias(call, channels)
      var shape: [ONNXType.Dimension] = [input.shape[0], .fixed(channels)]
      for place in 0..<count {
        let kernel = sizes[place + 2]
        shape.append(
          input.shape[place + 2].size.map {
            .fixed(
              strides[place] * ($0 - 1) + extra[place] + dilations[place] * (kernel - 1) + 1
                - pads[place] - pads[count + place])
          } ?? call.unknown(place))
      }
      return [ONNXType(.float, shape)]
    },
    "MaxPool": ONNXOperator(
      since: 12, 1...1, ["dilations", "kernel_shape", "pads", "strides"]
    ) { call throws(ONNXFault) in try pooled(call) },
    "AveragePool": ONNXOperator(
      since: 11, 1...1, ["count_include_pad", "kernel_shape", "pads", "strides"]
    ) { call throws(ONNXFault) in try pooled(call) },
    "GlobalAveragePool": ONNXOperator(since: 1, 1...1) { call throws(ONNXFault) in
      let type = try call.input(0)
      return [
        ONNXType(
          type.element, type.shape.prefix(2) + type.shape.dropFirst(2).map { _ in .fixed(1) })
      ]
    },
    "BatchNormalization": ONNXOperator(since: 15, 5...5, ["epsilon"]) { call throws(ONNXFault) in
      let type = try call.input(0)
      for place in 1..<5 { try vector(call, place, type) }
      return [type]
    },
    "InstanceNormalization": ONNXOperator(since: 6, 3...3, ["epsilon"]) { call throws(ONNXFault) in
      let type = try call.input(0)
      if type.rank < 3 { throw call.fault("cannot take \(type)") }
      for place in 1..<3 { try vector(call, place, type) }
      return [type]
    },
    "LayerNormalization": ONNXOperator(since: 17, 2...3, ["axis", "epsilon"]) {
      call throws(ONNXFault) in
      let type = try call.input(0)
      let axis = try call.axis(call.int("axis", default: -1), rank: type.rank)
      for weight in call.inputs.dropFirst().compactMap(\.self)
      where weight.shape != Array(type.shape[axis...]) {
        throw call.fault("cannot scale \(type) by \(weight)")
      }
      return [type]
    },
    "LRN": ONNXOperator(since: 13, 1...1, ["alpha", "beta", "bias", "size"]) {
      call throws(ONNXFault) in
      _ = try call.int("size")
      return [try call.input(0)]
    },
    "Resize": ONNXOperator(
      3...3, ["coordinate_transformation_mode", "mode", "nearest_mode"]
    ) { call throws(ONNXFault) in
      let type = try call.input(0)
      let scales = try call.input(2)
      guard scales == ONNXType(.float, fixed: [type.rank]), let factors = call.floats[2],
        factors.prefix(2) == [1, 1]
      else { throw call.fault("has scales of \(scales)") }
      let shape = zip(type.shape, factors).enumerated().map { axis, item in
        axis < 2
          ? item.0
          : item.0.size.map { .fixed(Int(Float($0) * item.1)) } ?? call.unknown(axis)
      }
      return [ONNXType(type.element, shape)]
    },
    "DepthToSpace": ONNXOperator(1...1, ["blocksize", "mode"]) { call throws(ONNXFault) in
      let type = try call.input(0)
      let factor = try call.int("blocksize")
      guard let sizes = ONNXType(type.element, Array(type.shape.dropFirst())).sizes,
        sizes.count == 3,
        sizes[0] % (factor * factor) == 0
      else { throw call.fault("cannot take \(type)") }
      return [
        ONNXType(
          type.element,
          [type.shape[0]]
            + [sizes[0] / (factor * factor), sizes[1] * factor, sizes[2] * factor].map {
              .fixed($0)
            })
      ]
    },
  ]

  private static func bias(_ call: ONNXCall, _ channels: Int) throws(ONNXFault) {
    if call.inputs.count > 2, let bias = call.inputs[2], bias.shape != [.fixed(channels)] {
      throw call.fault("has a bias of \(bias) for \(channels) channels")
    }
  }

  /// Requires one value for each channel.
  private static func vector(_ call: ONNXCall, _ place: Int, _ type: ONNXType) throws(ONNXFault) {
    let values = try call.input(place)
    if type.rank < 2 || values.shape != [type.shape[1]] {
      throw call.fault("cannot normalise \(type) by \(values)")
    }
  }

  private static func pooled(_ call: ONNXCall) throws(ONNXFault) -> [ONNXType] {
    let type = try call.input(0)
    let kernel = try call.ints("kernel_shape")
    let pads = try call.ints("pads", default: Array(repeating: 0, count: 2 * kernel.count))
    for (place, pad) in pads.enumerated() where pad >= kernel[place % kernel.count] {
      throw call.fault("is padded by \(pad) for a window of \(kernel)")
    }
    return [ONNXType(type.element, type.shape.prefix(2) + (try windows(call, kernel)))]
  }

  /// The sizes after a window has been slid over all axes but the first two.
  private static func windows(
    _ call: ONNXCall, _ kernel: [Int]
  ) throws(ONNXFault) -> [ONNXType.Dimension] {
    let spatial = try call.input(0).shape.dropFirst(2)
    let ones = Array(repeating: 1, count: kernel.count)
    let strides = try call.ints("strides", default: ones)
    let dilations = try call.ints("dilations", default: ones)
    let pads = try call.ints("pads", default: Array(repeating: 0, count: 2 * kernel.count))
    guard spatial.count == kernel.count, strides.count == kernel.count,
      dilations.count == kernel.count, pads.count == 2 * kernel.count,
      try call.ints("kernel_shape", default: kernel) == kernel
    else { throw call.fault("its window has \(kernel.count) axes, its input \(spatial.count)") }
    var sizes: [ONNXType.Dimension] = []
    for (place, size) in spatial.enumerated() {
      sizes.append(
        try call.slid(
          size, place: place, kernel: kernel[place], stride: strides[place],
          dilation: dilations[place], padding: pads[place] + pads[kernel.count + place]))
    }
    return sizes
  }
}
