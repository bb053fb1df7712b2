/// Changes of one channel of floats from 0 to 1, as in torchvision on tensors.
enum FloatTones {
  static func apply(
    _ operation: PixelOperation, _ input: UnsafePointer<Float>,
    _ output: UnsafeMutablePointer<Float>, height: Int, width: Int
  ) {
    let count = height * width
    switch operation {
    case .invert:
      for place in 0..<count { output[place] = 1 - input[place] }
    case .posterize(let bits):
      let levels = Float(1 << bits)
      for place in 0..<count {
        output[place] = min(max((input[place] * levels).rounded(.down), 0), levels - 1) / levels
      }
    case .solarize(let threshold):
      let threshold = Float(threshold)
      for place in 0..<count {
        output[place] = input[place] >= threshold ? 1 - input[place] : input[place]
      }
    case .autocontrast: stretch(input, output, count)
    case .equalize: equalize(input, output, count)
    case .sharpness(let factor):
      sharpness(input, output, height: height, width: width, factor: Float(factor))
    }
  }

  @inline(__always)
  private static func clipped(_ value: Float) -> Float { min(max(value, 0), 1) }

  private static func stretch(
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    var low = Float.infinity
    var high = -Float.infinity
    for place in 0..<count {
      low = min(low, input[place])
      high = max(high, input[place])
    }
    let range = high - low
    for place in 0..<count {
      output[place] = clipped(range > 0 ? (input[place] - low) / range : input[place])
    }
  }

  /// Rounds to bytes, since it counts values, and equalizes these.
  private static func equalize(
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    var counts = [Int](repeating: 0, count: 256)
    for place in 0..<count { counts[Int(ConvertStep.byte(input[place]))] += 1 }
    let table = ByteTones.equalizing(counts).map { Float($0) * Float(1.0 / 255) }
    for place in 0..<count { output[place] = table[Int(ConvertStep.byte(input[place]))] }
  }

  /// Blends with the mean of each pixel, counted five times, and its eight neighbours. The border is unchanged.
  private static func sharpness(
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, height: Int, width: Int,
    factor: Float
  ) {
    if height < 3 || width < 3 { return output.update(from: input, count: height * width) }
    for row in 0..<height {
      for column in 0..<width {
        let place = row * width + column
        let pixel = input + place
        var value = pixel[0]
        if row > 0, row < height - 1, column > 0, column < width - 1 {
          func three(_ line: UnsafePointer<Float>) -> Float { line[-1] + line[0] + line[1] }
          let sum = three(pixel - width) + three(pixel) + three(pixel + width) + 4 * pixel[0]
          value += (1 - factor) * (sum / 13 - value)
        }
        output[place] = clipped(value)
      }
    }
  }
}
