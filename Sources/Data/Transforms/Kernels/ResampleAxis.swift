/// One axis of a resampling: which pixels of an output of what size come from an input of what size.
struct ResampleAxis: Sendable, Equatable {
  let filter: Interpolation
  /// Pixels of the input.
  let input: Int
  /// Pixels of the whole output.
  let output: Int
  /// The first output pixel that is computed, and how many are.
  let first: Int
  let count: Int

  init(_ filter: Interpolation, input: Int, output: Int, first: Int = 0, count: Int? = nil) {
    self.filter = filter
    self.input = input
    self.output = output
    self.first = first
    self.count = count ?? output
  }

  /// At least as many weights as the widest antialiased window has.
  var stride: Int {
    let scale = max(Double(input) / Double(output), 1)
    return Int((filter.support * scale).rounded(.up)) * 2 + 1
  }
}

/// Fractional bits of Pillow's weights for bytes.
let weightBits = 22

/// The window of a filter that is widened when the image shrinks, in the arithmetic of `Number`.
private struct AntialiasedWindows<Number: BinaryFloatingPoint> {
  let input: Int
  let scale: Number
  let support: Number
  let inverse: Number
  let filter: Interpolation
  /// The most pixels of a window.
  let limit: Int

  @inline(__always)
  init(_ axis: ResampleAxis) {
    filter = axis.filter
    input = axis.input
    limit = axis.stride
    scale = Number(axis.input) / Number(axis.output)
    let filterScale = max(scale, 1)
    support = Number(filter.support) * filterScale
    inverse = 1 / filterScale
  }

  /// Calls `store` with each weight of the output pixel `index`; the weights have the sum 1.
  @inline(__always)
  func window(_ index: Int, store: (_ tap: Int, _ weight: Number) -> Void) -> Range<Int> {
    let center = scale * (Number(index) + 0.5)
    let start = max(0, Int(center - support + 0.5))
    let end = max(start, min(input, start + limit, Int(center + support + 0.5)))
    var sum: Number = 0
    for place in start..<end { sum += weight(place, center) }
    for place in start..<end {
      let weight = weight(place, center)
      store(place - start, sum != 0 ? weight / sum : weight)
    }
    return start..<end
  }

  @inline(__always)
  private func weight(_ place: Int, _ center: Number) -> Number {
    filter.weight(at: (Number(place) - center + 0.5) * inverse)
  }
}

extension ResampleWeights where Weight == Int32 {
  /// Pillow's weights for bytes: computed in doubles, rounded to 22 fractional bits. All output pixels get
  /// equally many, some of them zero.
  func fillBytes(_ axis: ResampleAxis) {
    let windows = AntialiasedWindows<Double>(axis)
    for index in 0..<size {
      let target = weights + index * stride
      let window = windows.window(axis.first + index) { tap, weight in
        target[tap] = Int32(weight * Double(1 << weightBits) + (weight < 0 ? -0.5 : 0.5))
      }
      starts[index] = Int32(window.lowerBound)
      counts[index] = Int32(window.count)
    }
    makeCountsEqual(input: axis.input)
  }

  /// Adds zero weights up to the largest count, and moves a window that would leave the input.
  private func makeCountsEqual(input: Int) {
    var most: Int32 = 0
    for index in 0..<size { most = max(most, counts[index]) }
    for index in 0..<size where counts[index] < most {
      let target = weights + index * stride
      let count = Int(counts[index])
      let start = min(starts[index], Int32(input) - most)
      let shift = Int(starts[index] - start)
      if shift > 0 { (target + shift).update(from: target, count: count) }
      for tap in 0..<shift { target[tap] = 0 }
      for tap in shift + count..<Int(most) { target[tap] = 0 }
      starts[index] = start
      counts[index] = most
    }
  }
}

extension ResampleWeights where Weight == Float {
  /// The weights of `torch.nn.functional.interpolate(…, align_corners=False)`.
  func fill(_ axis: ResampleAxis, antialias: Bool) {
    if !antialias { return fillPlain(axis) }
    let windows = AntialiasedWindows<Float>(axis)
    for index in 0..<size {
      let target = weights + index * stride
      let window = windows.window(axis.first + index) { tap, weight in target[tap] = weight }
      starts[index] = Int32(window.lowerBound)
      counts[index] = Int32(window.count)
    }
  }

  /// Without antialiasing: two or four neighbours however much the image shrinks; those beyond the border
  /// count for the border pixel.
  private func fillPlain(_ axis: ResampleAxis) {
    let input = axis.input
    let scale = Float(input) / Float(axis.output)
    for index in 0..<size {
      let target = weights + index * stride
      let place = scale * (Float(axis.first + index) + 0.5) - 0.5
      if axis.filter == .bilinear {
        let place = max(0, place)
        let start = min(Int(place), input - 1)
        let share = min(max(place - Float(start), 0), 1)
        let isLast = start == input - 1
        target[0] = isLast ? 1 : 1 - share
        target[1] = isLast ? 0 : share
        starts[index] = Int32(start)
        counts[index] = isLast ? 1 : 2
        continue
      }
      let floor = Int(place.rounded(.down))
      let start = min(max(floor - 1, 0), input - 1)
      let end = min(max(floor + 2, 0), input - 1)
      for tap in 0..<4 { target[tap] = 0 }
      let cubic = Self.cubic(place - Float(floor))
      for tap in 0..<4 {
        target[min(max(floor - 1 + tap, 0), input - 1) - start] += cubic[tap]
      }
      starts[index] = Int32(start)
      counts[index] = Int32(end - start + 1)
    }
  }

  /// Keys' cubic convolution with a = -0.75, as in PyTorch without antialiasing.
  private static func cubic(_ t: Float) -> SIMD4<Float> {
    let a: Float = -0.75
    func near(_ x: Float) -> Float { ((a + 2) * x - (a + 3)) * x * x + 1 }
    func far(_ x: Float) -> Float { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
    return [far(t + 1), near(t), near(1 - t), far(2 - t)]
  }
}
