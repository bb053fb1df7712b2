import Graph

extension LayerLowering {
  /// The padding at the end is what the output's size needs, so that rounding up needs no mode of its own.
  func maxPool(
    _ kernel: [Int], _ stride: [Int], _ padding: [Int], _ dilation: [Int]
  ) throws -> Value {
    let (sizes, outputs) = (input.dims.dropFirst(), node.output.dims.dropFirst())
    let ends = zip(sizes, outputs).enumerated().map { place, size in
      let reach = dilation[place] * (kernel[place] - 1) + 1
      return max(
        padding[place], (size.1 - 1) * stride[place] + reach - size.0 - padding[place])
    }
    var value = input
    var pads = padding + ends
    if zip(pads, kernel + kernel).contains(where: { $0 >= $1 }) {
      let sides = zip(padding, ends).reversed().flatMap { [$0, $1] }
      value = try pad(input, sides, .constant(-Double(Float.greatestFiniteMagnitude)))
      pads = pads.map { _ in 0 }
    }
    return try builder(
      "MaxPool", value,
      attributes: [
        "dilations": .ints(dilation), "kernel_shape": .ints(kernel), "pads": .ints(pads),
        "strides": .ints(stride),
      ])
  }

  func averagePool(
    _ kernel: [Int], _ stride: [Int], _ padding: [Int], ceil: Bool, _ countIncludePad: Bool
  ) throws -> Value {
    if !ceil, zip(padding, kernel).allSatisfy({ $0 < $1 }) {
      return try builder(
        "AveragePool", input,
        attributes: [
          "count_include_pad": .int(countIncludePad ? 1 : 0), "kernel_shape": .ints(kernel),
          "pads": .ints(padding + padding), "strides": .ints(stride),
        ])
    }
    // Operator sets differ about windows that reach beyond the padding, so these means are products with matrices.
    let (sizes, outputs) = (Array(input.dims.dropFirst()), Array(node.output.dims.dropFirst()))
    return try (0..<sizes.count).reduce(input) { value, place in
      let rows = (0..<outputs[place]).map { index -> [Float] in
        let first = index * stride[place] - padding[place]
        let padded = first..<min(first + kernel[place], sizes[place] + padding[place])
        let inside = padded.clamped(to: 0..<sizes[place])
        let divisor = countIncludePad ? padded.count : inside.count
        return (0..<sizes[place]).map { inside.contains($0) ? 1 / Float(divisor) : 0 }
      }
      return try multiplied(value, place, of: sizes.count, rows)
    }
  }

  func adaptiveAverage(_ outputs: [Int]) throws -> Value {
    let sizes = Array(input.dims.dropFirst())
    if outputs.allSatisfy({ $0 == 1 }) { return try builder("GlobalAveragePool", input) }
    if zip(sizes, outputs).allSatisfy({ $0 % $1 == 0 }) {
      let kernel = zip(sizes, outputs).map { $0 / $1 }
      return try builder(
        "AveragePool", input,
        attributes: ["kernel_shape": .ints(kernel), "strides": .ints(kernel)])
    }
    return try (0..<sizes.count).reduce(input) { value, place in
      let rows = Self.windows(sizes[place], outputs[place]).map { window in
        (0..<sizes[place]).map { window.contains($0) ? 1 / Float(window.count) : 0 }
      }
      return try multiplied(value, place, of: sizes.count, rows)
    }
  }

  func adaptiveMax(_ outputs: [Int]) throws -> Value {
    let sizes = Array(input.dims.dropFirst())
    if zip(sizes, outputs).allSatisfy({ $0 % $1 == 0 }) {
      let kernel = zip(sizes, outputs).map { $0 / $1 }
      return try builder(
        "MaxPool", input, attributes: ["kernel_shape": .ints(kernel), "strides": .ints(kernel)])
    }
    return try (0..<sizes.count).reduce(input) { value, place in
      let parts = try Self.windows(sizes[place], outputs[place]).map { window in
        try reduced(
          "ReduceMax", slice(value, axis: place + 2, window.lowerBound, window.upperBound),
          [place + 2], keepsDims: true)
      }
      return try builder.add("Concat", parts, ["axis": .int(place + 2)])[0]
    }
  }

  /// The inputs of each output of adaptive pooling: from the floor of its share to the ceiling of the next.
  private static func windows(_ size: Int, _ output: Int) -> [Range<Int>] {
    (0..<output).map { $0 * size / output..<(($0 + 1) * size + output - 1) / output }
  }
}
