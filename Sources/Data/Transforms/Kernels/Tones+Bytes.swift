/// Changes of one channel of bytes, as in Pillow's `ImageOps` and `ImageEnhance.Sharpness`.
enum ByteTones {
  static func apply(
    _ operation: PixelOperation, _ input: UnsafePointer<UInt8>,
    _ output: UnsafeMutablePointer<UInt8>, height: Int, width: Int
  ) {
    let count = height * width
    let table: [UInt8]
    switch operation {
    case .invert: table = (0...255).map { 255 - $0 }
    case .posterize(let bits): table = (0...255).map { $0 & ~UInt8((1 << (8 - bits)) - 1) }
    case .solarize(let threshold):
      table = (0...255).map { Double($0) < threshold ? $0 : 255 - $0 }
    case .autocontrast: table = stretching(histogram(input, count))
    case .equalize: table = equalizing(histogram(input, count))
    case .sharpness(let factor):
      return sharpness(input, output, height: height, width: width, factor: Float(factor))
    }
    table.withUnsafeBufferPointer { table in
      for place in 0..<count { output[place] = table[Int(input[place])] }
    }
  }

  /// How often each byte occurs.
  static func histogram(_ input: UnsafePointer<UInt8>, _ count: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: 256)
    counts.withUnsafeMutableBufferPointer { counts in
      for place in 0..<count { counts[Int(input[place])] += 1 }
    }
    return counts
  }

  /// Maps the darkest byte to 0 and the brightest to 255.
  private static func stretching(_ histogram: [Int]) -> [UInt8] {
    guard let low = histogram.firstIndex(where: { $0 > 0 }),
      let high = histogram.lastIndex(where: { $0 > 0 }), low < high
    else { return Array(0...255) }
    let scale = 255 / Double(high - low)
    let offset = -Double(low) * scale
    return (0...255).map { UInt8(min(max(Double($0) * scale + offset, 0), 255)) }
  }

  /// Maps bytes so that all occur about equally often; unchanged if there are too few pixels.
  static func equalizing(_ histogram: [Int]) -> [UInt8] {
    let brightest = histogram.last { $0 > 0 } ?? 0
    let step = (histogram.reduce(0, +) - brightest) / 255
    if step == 0 { return Array(0...255) }
    var sum = step / 2
    return histogram.map { count in
      defer { sum += count }
      return UInt8(min(sum / step, 255))
    }
  }

  /// Blends with the mean of each pixel, counted five times, and its eight neighbours. The border is unchanged.
  private static func sharpness(
    _ input: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<UInt8>, height: Int, width: Int,
    factor: Float
  ) {
    output.update(from: input, count: height * width)
    if factor == 1 || height < 3 || width < 3 { return }
    for row in 1..<height - 1 {
      for column in 1..<width - 1 {
        let pixel = input + (row * width + column)
        func three(_ line: UnsafePointer<UInt8>) -> Int {
          Int(line[-1]) + Int(line[0]) + Int(line[1])
        }
        let sum = three(pixel - width) + three(pixel) + three(pixel + width) + 4 * Int(pixel[0])
        output[row * width + column] = ByteColor.blend(
          (2 * sum + 13) / 26, Int(pixel[0]), factor)
      }
    }
  }
}
