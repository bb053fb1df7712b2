/// The input pixels, with their weights, of each output pixel along one axis.
struct ResampleTable<Weight: Sendable>: Sendable {
  /// The first input pixel of each output pixel.
  private(set) var starts: [Int] = []
  /// The number of its input pixels.
  private(set) var counts: [Int] = []
  /// `stride` weights for each output pixel, the first `counts` of them in use.
  private(set) var weights: [Weight] = []
  let stride: Int

  var size: Int { starts.count }

  init(stride: Int) { self.stride = stride }

  mutating func append(start: Int, weights values: [Weight], zero: Weight) {
    starts.append(start)
    counts.append(values.count)
    weights += values
    weights += Array(repeating: zero, count: stride - values.count)
  }
}

/// The window of a filter that is widened when the image shrinks, in the arithmetic of `Number`.
private struct AntialiasedWindows<Number: BinaryFloatingPoint> {
  let input: Int
  let scale: Number
  let filterScale: Number
  let support: Number
  let filter: Interpolation

  init(_ filter: Interpolation, input: Int, output: Int) {
    self.filter = filter
    self.input = input
    scale = Number(input) / Number(output)
    filterScale = max(scale, 1)
    support = Number(filter.support) * filterScale
  }

  /// At least as many weights as the widest window has.
  var stride: Int { Int(support.rounded(.up)) * 2 + 1 }

  func window(_ index: Int) -> (start: Int, weights: [Number]) {
    let center = scale * (Number(index) + 0.5)
    let start = max(0, Int(center - support + 0.5))
    let end = min(input, Int(center + support + 0.5))
    let inverse = 1 / filterScale
    var weights: [Number] = []
    var sum: Number = 0
    for place in start..<max(start, end) {
      let weight = filter.weight(at: (Number(place) - center + 0.5) * inverse)
      weights.append(weight)
      sum += weight
    }
    if sum != 0 { for index in weights.indices { weights[index] /= sum } }
    return (start, weights)
  }
}

/// Fractional bits of Pillow's weights for bytes.
let weightBits = 22

extension ResampleTable where Weight == Int32 {
  /// Pillow's weights for bytes: computed in doubles, rounded to 22 fractional bits.
  static func bytes(_ filter: Interpolation, input: Int, output: Int) -> Self {
    let windows = AntialiasedWindows<Double>(filter, input: input, output: output)
    var table = Self(stride: windows.stride)
    for index in 0..<output {
      let (start, weights) = windows.window(index)
      let fixed = weights.map { weight in
        Int32(weight * Double(1 << weightBits) + (weight < 0 ? -0.5 : 0.5))
      }
      table.append(start: start, weights: fixed, zero: 0)
    }
    return table
  }
}

extension ResampleTable where Weight == Float {
  /// The weights of `torch.nn.functional.interpolate(…, antialias=True)`.
  static func antialiased(_ filter: Interpolation, input: Int, output: Int) -> Self {
    let windows = AntialiasedWindows<Float>(filter, input: input, output: output)
    var table = Self(stride: windows.stride)
    for index in 0..<output {
      let (start, weights) = windows.window(index)
      table.append(start: start, weights: weights, zero: 0)
    }
    return table
  }

  /// The weights of `torch.nn.functional.interpolate(…, align_corners=False)`: two or four neighbours however
  /// much the image shrinks; those beyond the border count for the border pixel.
  static func plain(_ filter: Interpolation, input: Int, output: Int) -> Self {
    let scale = Float(input) / Float(output)
    var table = Self(stride: 4)
    for index in 0..<output {
      let place = scale * (Float(index) + 0.5) - 0.5
      if filter == .bilinear {
        let place = max(0, place)
        let start = min(Int(place), input - 1)
        let share = min(max(place - Float(start), 0), 1)
        let isLast = start == input - 1
        table.append(start: start, weights: isLast ? [1] : [1 - share, share], zero: 0)
        continue
      }
      let floor = Int(place.rounded(.down))
      let start = min(max(floor - 1, 0), input - 1)
      let end = min(max(floor + 2, 0), input - 1)
      var weights = [Float](repeating: 0, count: end - start + 1)
      for (tap, weight) in cubic(place - Float(floor)).enumerated() {
        weights[min(max(floor - 1 + tap, 0), input - 1) - start] += weight
      }
      table.append(start: start, weights: weights, zero: 0)
    }
    return table
  }

  /// Keys' cubic convolution with a = -0.75, as in PyTorch without antialiasing.
  private static func cubic(_ t: Float) -> [Float] {
    let a: Float = -0.75
    func near(_ x: Float) -> Float { ((a + 2) * x - (a + 3)) * x * x + 1 }
    func far(_ x: Float) -> Float { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
    return [far(t + 1), near(t), near(1 - t), far(2 - t)]
  }
}

/// The input pixel of each output pixel, for nearest-neighbour sampling.
enum NearestTable {
  /// Pillow's: positions are accumulated in doubles.
  static func bytes(input: Int, output: Int) -> [Int32] {
    let scale = Double(input) / Double(output)
    var place = scale * 0.5
    return (0..<output).map { _ in
      defer { place += scale }
      return Int32(min(Int(place), input - 1))
    }
  }

  /// PyTorch's `nearest`: the floor of the index times the scale, in floats.
  static func floats(input: Int, output: Int) -> [Int32] {
    let scale = Float(input) / Float(output)
    return (0..<output).map { Int32(min(Int(Float($0) * scale), input - 1)) }
  }
}
