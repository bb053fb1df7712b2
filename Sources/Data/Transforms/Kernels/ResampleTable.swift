/// The input pixels, with their weights, of each output pixel along one axis.
struct ResampleTable<Weight: BitwiseCopyable & Sendable>: Sendable {
  private var storage: [Weight]
  private var places: [Int32]
  let size: Int
  let stride: Int

  /// The table that `fill` writes; it has to set every start and count.
  init(
    size: Int, stride: Int, zero: Weight, fill: (ResampleWeights<Weight>) -> Void
  ) {
    self.size = size
    self.stride = stride
    storage = Array(repeating: zero, count: size * stride)
    places = Array(repeating: 0, count: 2 * size)
    storage.withUnsafeMutableBufferPointer { weights in
      places.withUnsafeMutableBufferPointer { places in
        guard let weights = weights.baseAddress, let starts = places.baseAddress else { return }
        fill(
          ResampleWeights(
            starts: starts, counts: starts + size, weights: weights, size: size, stride: stride))
      }
    }
  }

  /// Calls `body` with the table; it must not change it.
  func withWeights<Result>(_ body: (ResampleWeights<Weight>) -> Result) -> Result? {
    storage.withUnsafeBufferPointer { weights in
      places.withUnsafeBufferPointer { places in
        guard let weights = weights.baseAddress, let starts = places.baseAddress else { return nil }
        let mutableStarts = UnsafeMutablePointer(mutating: starts)
        return body(
          ResampleWeights(
            starts: mutableStarts, counts: mutableStarts + size,
            weights: UnsafeMutablePointer(mutating: weights), size: size, stride: stride))
      }
    }
  }
}

extension ResampleTable where Weight == Int32 {
  /// Pillow's weights for bytes: computed in doubles, rounded to 22 fractional bits.
  static func bytes(_ axis: ResampleAxis) -> Self {
    Self(size: axis.count, stride: axis.stride, zero: 0) { $0.fillBytes(axis) }
  }
}

extension ResampleTable where Weight == Float {
  /// The weights of `torch.nn.functional.interpolate`, with or without `antialias=True`.
  static func floats(_ axis: ResampleAxis, antialias: Bool) -> Self {
    Self(size: axis.count, stride: antialias ? axis.stride : 4, zero: 0) {
      $0.fill(axis, antialias: antialias)
    }
  }
}

/// The input pixels of each output pixel along one axis, in memory that the caller owns.
struct ResampleWeights<Weight: BitwiseCopyable> {
  /// The first input pixel of each output pixel; never decreases.
  let starts: UnsafeMutablePointer<Int32>
  /// The number of its input pixels.
  let counts: UnsafeMutablePointer<Int32>
  /// `stride` weights for each output pixel, the first `counts` of them in use.
  let weights: UnsafeMutablePointer<Weight>
  let size: Int
  let stride: Int

  init(
    starts: UnsafeMutablePointer<Int32>, counts: UnsafeMutablePointer<Int32>,
    weights: UnsafeMutablePointer<Weight>, size: Int, stride: Int
  ) {
    self.starts = starts
    self.counts = counts
    self.weights = weights
    self.size = size
    self.stride = stride
  }

  /// A table in `memory`, which has room for `Self.byteCount(size:stride:)` bytes.
  init(in memory: UnsafeMutableRawPointer, size: Int, stride: Int) {
    let starts = memory.assumingMemoryBound(to: Int32.self)
    self.init(
      starts: starts, counts: starts + size,
      weights: (memory + 8 * size).assumingMemoryBound(to: Weight.self), size: size, stride: stride)
  }

  static func byteCount(size: Int, stride: Int) -> Int {
    8 * size + MemoryLayout<Weight>.stride * size * stride
  }

  /// The input pixels that are needed, from the first to the last.
  var needed: Range<Int> {
    let last = size - 1
    return Int(starts[0])..<Int(starts[last] + counts[last])
  }
}

@available(*, unavailable)
extension ResampleWeights: Sendable {}

/// The input pixel of each output pixel, for nearest-neighbour sampling.
enum NearestTable {
  /// Pillow's: positions are accumulated in doubles.
  static func bytes(_ axis: ResampleAxis) -> [Int32] {
    let scale = Double(axis.input) / Double(axis.output)
    var place = scale * 0.5
    for _ in 0..<axis.first { place += scale }
    return (0..<axis.count).map { _ in
      defer { place += scale }
      return Int32(min(Int(place), axis.input - 1))
    }
  }

  /// PyTorch's `nearest`: the floor of the index times the scale, in floats.
  static func floats(_ axis: ResampleAxis) -> [Int32] {
    let scale = Float(axis.input) / Float(axis.output)
    return (axis.first..<axis.first + axis.count).map {
      Int32(min(Int(Float($0) * scale), axis.input - 1))
    }
  }
}
