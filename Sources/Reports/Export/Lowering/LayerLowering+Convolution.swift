import Graph

extension LayerLowering {
  /// A convolution in any number of dimensions, with a batch normalisation after it.
  func convolution(
    stride: [Int], padding: [Int], extra: [Int], dilation: [Int], groups: Int
  ) throws -> Value {
    let shape = try shape(of: "weight")
    let attributes: [String: ONNXAttribute] = [
      "dilations": .ints(dilation), "group": .int(groups),
      "kernel_shape": .ints(Array(shape.dropFirst(2))),
      "pads": .ints(padding + zip(padding, extra).map(+)), "strides": .ints(stride),
    ]
    guard let (scale, shift) = try affine() else {
      return try builder(
        "Conv", input, constant("weight"), has("bias") ? constant("bias") : nil,
        attributes: attributes)
    }
    let perChannel = shape.dropFirst().reduce(1, *)
    let (weight, bias) = try scaled(shape, scale, shift) { $0 / perChannel }
    return try builder("Conv", input, weight, bias, attributes: attributes)
  }

  func transposedConvolution(_ conv: Operation.ConvTranspose) throws -> Value {
    let shape = try shape(of: "weight")
    var attributes: [String: ONNXAttribute] = [
      "dilations": .ints(conv.dilation), "group": .int(conv.groups),
      "kernel_shape": .ints(Array(shape.dropFirst(2))), "strides": .ints(conv.stride),
    ]
    // Padding of the output is what the padding at the end does not cut off; beyond that, zeros.
    let ends = zip(conv.padding, conv.outputPadding).map(-)
    attributes["pads"] = .ints(conv.padding + ends.map { max($0, 0) })
    let weight: Value
    let bias: Value?
    if let (scale, shift) = try affine() {
      // [input channels, output channels of a group, kernel].
      let kernel = shape.dropFirst(2).reduce(1, *)
      let inputsOfGroup = shape[0] / conv.groups
      (weight, bias) = try scaled(shape, scale, shift) { index in
        let row = index / (kernel * shape[1])
        return row / inputsOfGroup * shape[1] + index / kernel % shape[1]
      }
    } else {
      weight = try constant("weight")
      bias = has("bias") ? try constant("bias") : nil
    }
    if ends.allSatisfy({ $0 >= 0 }) {
      return try builder("ConvTranspose", input, weight, bias, attributes: attributes)
    }
    let product = try builder("ConvTranspose", input, weight, attributes: attributes)
    let padded = try pad(product, ends.reversed().flatMap { [0, max(-$0, 0)] }, .constant(0))
    guard let bias else { return padded }
    let ones = ends.map { _ in 1 }
    return try builder(
      "Add", padded, builder("Reshape", bias, builder.integers([-1] + ones)))
  }

  // MARK: Rearrangement

  func pixelUnshuffle(_ factor: Int) throws -> Value {
    let dims = input.dims
    let split = try reshaped(
      input, [dims[0], dims[1] / factor, factor, dims[2] / factor, factor])
    return try reshaped(transposed(split, [0, 1, 3, 5, 2, 4]), node.output.dims)
  }

  /// - Parameter amounts: before and after each axis, the last axis first; negative amounts remove values.
  func pad(_ value: Value, _ amounts: [Int], _ padding: Operation.Padding) throws -> Value {
    var value = value
    let rank = value.type.rank
    let sides = stride(from: 0, to: amounts.count, by: 2).map { place in
      (axis: rank - 1 - place / 2, before: amounts[place], after: amounts[place + 1])
    }
    for side in sides where side.before < 0 || side.after < 0 {
      let size = value.type.shape[side.axis].size ?? 0
      value = try slice(
        value, axis: side.axis, max(-side.before, 0), size - max(-side.after, 0))
    }
    let mode: String
    var fill: Value?
    switch padding {
    case .constant(let number):
      mode = "constant"
      fill = builder.scalar(Float(number))
    case .reflect: mode = "reflect"
    case .replicate: mode = "edge"
    case .circular:
      for side in sides { value = try wrapped(value, side.axis, side.before, side.after) }
      return value
    }
    var pads = Array(repeating: 0, count: 2 * rank)
    for side in sides {
      pads[side.axis] = max(side.before, 0)
      pads[rank + side.axis] = max(side.after, 0)
    }
    if pads.allSatisfy({ $0 == 0 }) { return value }
    return try builder(
      "Pad", value, builder.integers(pads), fill, attributes: ["mode": .string(mode)])
  }

  /// Continues an axis with the values from its other end.
  private func wrapped(_ value: Value, _ axis: Int, _ before: Int, _ after: Int) throws -> Value {
    let size = value.type.shape[axis].size ?? 0
    var parts = [value]
    if before > 0 { parts.insert(try slice(value, axis: axis, size - before, size), at: 0) }
    if after > 0 { parts.append(try slice(value, axis: axis, 0, after)) }
    return parts.count == 1 ? value : try builder.add("Concat", parts, ["axis": .int(axis)])[0]
  }

  // MARK: Resizing

  func upsample(_ upsample: Operation.Upsample) throws -> Value {
    let sizes = Array(input.dims.dropFirst())
    // What is not written as Resize is exact whatever the factor.
    let isWhole = zip(sizes, upsample.size).allSatisfy { $1 % $0 == 0 }
    let isScaled = zip(upsample.scale ?? [], sizes).enumerated().contains {
      $1.0 * Double($1.1) != Double(upsample.size[$0])
    }
    guard isWhole, !isScaled else { return try resampled(upsample, sizes) }
    let factors = zip(sizes, upsample.size).map { Float($1 / $0) }
    let place =
      upsample.mode == .nearest
      ? "asymmetric" : upsample.alignCorners ? "align_corners" : "half_pixel"
    var attributes: [String: ONNXAttribute] = [
      "coordinate_transformation_mode": .string(place),
      "mode": .string(upsample.mode == .nearest ? "nearest" : "linear"),
    ]
    if upsample.mode == .nearest { attributes["nearest_mode"] = .string("floor") }
    return try builder(
      "Resize", input, nil, builder.floats([1, 1] + factors, [factors.count + 2]),
      attributes: attributes)
  }

  private func resampled(_ upsample: Operation.Upsample, _ sizes: [Int]) throws -> Value {
    var value = input
    for (place, size) in sizes.enumerated() {
      let axis = InterpolationAxis(
        input: size, output: upsample.size[place],
        factor: upsample.scale.map { $0[place] }, alignCorners: upsample.alignCorners)
      if upsample.mode == .nearest {
        value = try builder(
          "Gather", value, builder.integers(axis.nearest()), attributes: ["axis": .int(place + 2)])
      } else {
        value = try multiplied(value, place, of: sizes.count, axis.linear())
      }
    }
    return value
  }

  /// Replaces spatial axis `place` by products with a matrix [output, input].
  func multiplied(_ value: Value, _ place: Int, of count: Int, _ matrix: [[Float]]) throws -> Value
  {
    let shape = [matrix.count, matrix[0].count]
    if place == count - 1 {
      return try builder(
        "MatMul", value, transposedMatrix(matrix.flatMap(\.self), shape, "resampling"))
    }
    return try builder("MatMul", constant(matrix.flatMap(\.self), shape, "resampling"), value)
  }
}

/// One axis of PyTorch's `interpolate` without antialiasing.
struct InterpolationAxis {
  let input: Int
  let output: Int
  /// The factor that was asked for; `nil` if the size was.
  let factor: Double?
  let alignCorners: Bool

  /// The size of an output step in the input.
  private var step: Float {
    if let factor { return Float(1 / factor) }
    return Float(input) / Float(output)
  }

  /// The input of each output.
  func nearest() -> [Int] { (0..<output).map { min(Int(Float($0) * step), input - 1) } }

  /// The weights of the inputs for each output.
  func linear() -> [[Float]] {
    (0..<output).map { index in
      let place: Float
      if alignCorners {
        place = output > 1 ? Float(index) * (Float(input - 1) / Float(output - 1)) : 0
      } else {
        place = max(step * (Float(index) + 0.5) - 0.5, 0)
      }
      let first = min(Int(place), input - 1)
      let share = place - Float(first)
      var row = [Float](repeating: 0, count: input)
      row[first] += 1 - share
      row[min(first + 1, input - 1)] += share
      return row
    }
  }
}
