import CKernels
import Randomness
import Testing

/// The kernels for pictures in registers of 256 and of 512 bits against each other, bit by bit. That their values are
/// right is the subject of the tests of convolution and normalisation of tensors.
@Suite(
  .enabled(
    if: ck_winograd_of(true) != nil && ck_winograd_of(false) != nil,
    "this processor has no registers of 512 bits"))
struct PictureKernelTests {
  private let points = Int(CK_WINOGRAD_POINTS)

  private func values(_ count: Int, _ unit: UInt64) -> [Float] {
    let stream = RandomStream(seed: 3, purpose: .augment, unit: unit)
    return (0..<count).map { stream.uniform($0) * 2 - 1 }
  }

  /// Runs `body`, which fills `count` floats, with both and compares these.
  private func same(
    _ count: Int, _ name: String, _ body: (ck_winograd, UnsafeMutablePointer<Float>) -> Void
  ) {
    let results = [true, false].compactMap { ck_winograd_of($0)?.pointee }.map { kernels in
      var memory = [Float](repeating: 0, count: count)
      memory.withUnsafeMutableBufferPointer {
        if let start = $0.baseAddress { body(kernels, start) }
      }
      return memory.map(\.bitPattern)
    }
    #expect(results.count == 2 && results[0] == results[1], "\(name)")
    #expect(results[0].contains { $0 != 0 }, "\(name)")
  }

  @Test(arguments: [(16, 16), (48, 80), (160, 144)])
  func winograd(_ channels: (input: Int, output: Int)) {
    let (input, output) = (Int64(channels.input), Int64(channels.output))
    var picture = ck_picture(
      images: 2, height: 9, width: 6, channels: input, out_height: 9, out_width: 6,
      out_channels: output, top: 1, left: 1)
    let tiles = ck_tiles(&picture)
    let count = Int(tiles)
    let x = values(2 * 54 * channels.input, 1)
    let y = values(2 * 54 * channels.output, 2)
    let weights = values(9 * channels.input * channels.output, 3)
    let products = points * channels.input * channels.output
    same(points * count * channels.input, "input") {
      $0.input(&picture, x, 0, tiles, ck_plane(values: $1, stride: tiles * input, row: input))
    }
    same(points * count * channels.output, "gradient") {
      $0.gradient(&picture, y, 0, tiles, ck_plane(values: $1, stride: tiles * output, row: output))
    }
    var m = values(points * count * channels.output, 4)
    m.withUnsafeMutableBufferPointer { m in
      same(y.count, "output") {
        $0.output(
          &picture, ck_plane(values: m.baseAddress, stride: tiles * output, row: output), 0, tiles,
          weights, y, true, $1)
      }
    }
    // Panels have another width, so that packed weights are compared by what is computed from them.
    let v = values(count * channels.input, 5)
    for transposed in [false, true] {
      same(count * channels.output, "weights and products") { kernels, to in
        var packed = [Float](repeating: .nan, count: products)
        kernels.weights(weights, input, output, transposed, 0, output, &packed)
        kernels.multiply(v, input, tiles, input, packed, output, 0, output, to, output)
      }
    }
    let d = values(count * channels.output, 6)
    same(channels.input * channels.output, "sums over tiles") {
      $0.accumulate(v, input, d, output, tiles, 0, input, output, $1)
    }
    let du = values(products, 7)
    same(weights.count, "gradient of the weights") {
      $0.weight_gradient(du, input, output, 0, output, $1)
    }
  }

  @Test(arguments: [(1, 6), (3, 64), (16, 41)])
  func direct(_ channels: (input: Int, output: Int)) {
    let (input, output) = (channels.input, channels.output)
    let (pixels, kernel) = (29, 5)
    let line = (pixels + kernel - 1) * input
    let depth = kernel * input
    let x = values(kernel * line, 11)
    let weights = values(kernel * depth * output, 12)
    let gradients = values(pixels * output, 13)
    let results = [true, false].compactMap { ck_direct_of($0)?.pointee }.map {
      kernels -> [[UInt32]] in
      let lanes = Int(kernels.lanes)
      let width = (output + lanes - 1) / lanes * lanes
      var packed = [Float](repeating: .nan, count: kernel * depth * width)
      kernels.pack(
        weights, Int64(input), Int64(output), Int64(kernel), Int64(kernel), false, &packed)
      var y = [Float](repeating: .nan, count: pixels * width)
      let bias = Self.padded(Array(gradients.prefix(output)), from: output, to: width)
      kernels.multiply(
        x, Int64(input), Int64(pixels), Int64(kernel), Int64(line), Int64(depth), packed, bias,
        Int64(width), &y, Int64(width))
      if output <= kernels.panel {
        // With the rows of the output one after another, each overwrites the padding of the one before.
        var dense = [Float](repeating: .nan, count: (pixels - 1) * output + width)
        kernels.multiply(
          x, Int64(input), Int64(pixels), Int64(kernel), Int64(line), Int64(depth), packed, bias,
          Int64(width), &dense, Int64(output))
        #expect(Array(dense.prefix(pixels * output)) == Self.cut(y, from: width, to: output))
      }
      var sums = [Float](repeating: 0, count: packed.count)
      let dy = Self.padded(gradients, from: output, to: width)
      kernels.accumulate(
        x, Int64(input), Int64(pixels), Int64(kernel), Int64(line), Int64(depth), dy, Int64(width),
        Int64(width), &sums)
      // What is read as padding changes no sum of a channel.
      var others = [Float](repeating: 0, count: packed.count)
      kernels.accumulate(
        x, Int64(input), Int64(pixels), Int64(kernel), Int64(line), Int64(depth),
        gradients + [Float](repeating: .nan, count: width), Int64(output), Int64(width), &others)
      #expect(
        Self.cut(others, from: width, to: output) == Self.cut(sums, from: width, to: output))
      // The gradient of the input.
      let row = (depth + lanes - 1) / lanes * lanes
      var turned = [Float](repeating: .nan, count: output * kernel * row)
      kernels.pack_gradient(
        weights, Int64(input), Int64(output), Int64(kernel), Int64(kernel), &turned)
      var dx = [Float](repeating: 0, count: kernel * line + lanes)
      kernels.scatter(
        gradients, Int64(output), Int64(pixels), turned, Int64(kernel), Int64(depth), Int64(line),
        Int64(input), &dx)
      #expect(dx[(kernel * line)...].allSatisfy { $0 == 0 })
      dx.removeLast(lanes)
      Self.expectGradient(
        dx, gradients, weights, input: input, output: output, kernel: kernel, pixels: pixels)
      return [y, sums].map { Self.cut($0, from: width, to: output).map(\.bitPattern) }
        + [dx.map(\.bitPattern)]
    }
    #expect(results.count == 2 && results[0] == results[1])
  }

  /// Compares the gradient of a convolution's input [row][column][channel] with its definition.
  private static func expectGradient(
    _ found: [Float], _ dy: [Float], _ weights: [Float], input: Int, output: Int, kernel: Int,
    pixels: Int
  ) {
    let line = (pixels + kernel - 1) * input
    for row in 0..<kernel {
      for place in 0..<line {
        let (column, channel) = (place / input, place % input)
        var sum = 0.0
        for k in 0..<kernel where (0..<pixels).contains(column - k) {
          for out in 0..<output {
            let weight = weights[((out * input + channel) * kernel + row) * kernel + k]
            sum += Double(dy[(column - k) * output + out]) * Double(weight)
          }
        }
        #expect(abs(Double(found[row * line + place]) - sum) < 1e-5 * max(1, abs(sum)))
      }
    }
  }

  /// Rows with zeros at their ends.
  private static func padded(_ values: [Float], from width: Int, to wider: Int) -> [Float] {
    let zeros = [Float](repeating: 0, count: wider - width)
    return stride(from: 0, to: values.count, by: width).flatMap { start in
      Array(values[start..<start + width]) + zeros
    }
  }

  /// The first values of every row.
  private static func cut(_ values: [Float], from width: Int, to narrower: Int) -> [Float] {
    stride(from: 0, to: values.count, by: width).flatMap { Array(values[$0..<$0 + narrower]) }
  }

  @Test func normalization() {
    let (rows, channels) = (131, 48)
    let x = values(rows * channels, 8)
    let dy = values(rows * channels, 9)
    let vector = values(channels, 10)
    let results = [true, false].compactMap { ck_normalization_of($0)?.pointee }.map { kernels in
      let zeros = [Double](repeating: 0, count: channels)
      var (sum, squares, passed, products) = (zeros, zeros, zeros, zeros)
      var (y, masked, dx) = (x, x, x)
      let count = (Int64(rows), Int64(channels))
      kernels.statistics(x, count.0, count.1, vector, &sum, &squares)
      kernels.normalize(x, dy, count.0, count.1, vector, vector, true, &y)
      kernels.gradient_sums(
        x, y, dy, count.0, count.1, vector, &masked, &passed, &products)
      kernels.input_gradient(
        x, y, dy, count.0, count.1, vector, vector, vector, vector, &dx)
      return (y + masked + dx).map { UInt64($0.bitPattern) }
        + (sum + squares + passed + products).map(\.bitPattern)
    }
    #expect(results.count == 2 && results[0] == results[1])
  }
}
