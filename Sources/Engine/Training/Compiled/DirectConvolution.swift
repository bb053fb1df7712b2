import CKernels
import Graph

/// Computes a convolution of one picture at a time, with packed weights. Pictures are in channels-last order.
final class DirectConvolution {
  private let layer: LayerChain.Convolution
  private let forward: Kernels
  /// The gradient of the input, a convolution with the turned weights; `nil` if it is not needed.
  private let backward: Kernels?

  /// The kernels of a convolution and its packed weights.
  private struct Kernels {
    let kernels: ck_direct
    let packed: FloatMemory
    /// Output channels, filled up to whole registers.
    let channels: Int

    init?(_ input: Int, _ output: Int, taps: Int) {
      guard let kernels = ck_best_direct(Int64(output))?.pointee else { return nil }
      self.kernels = kernels
      let lanes = Int(kernels.lanes)
      channels = (output + lanes - 1) / lanes * lanes
      packed = FloatMemory(taps * input * channels)
    }
  }

  /// The bias, filled up with zeros.
  private let bias: FloatMemory

  /// The memory of one thread.
  final class Lane {
    /// An input with the zeros around it, and a gradient of an output likewise. The zeros stay.
    fileprivate let picture: FloatMemory
    fileprivate let gradient: FloatMemory
    /// A row of an output or of an input's gradient.
    fileprivate let line: FloatMemory
    /// The sums of the weights' gradients [rows][columns and channels][padded output channels], and the bias'.
    fileprivate let weights: FloatMemory
    fileprivate let bias: FloatMemory

    fileprivate init(_ owner: DirectConvolution, trains: Bool) {
      let layer = owner.layer
      let most = max(owner.forward.channels, owner.backward?.channels ?? 0)
      picture = FloatMemory(owner.source.size)
      gradient = FloatMemory(owner.gradientSource?.size ?? 0)
      line = FloatMemory(max(layer.width, layer.outWidth) * most)
      weights = FloatMemory(trains ? owner.forward.packed.count : 0)
      bias = FloatMemory(trains ? layer.outChannels : 0)
    }
  }

  /// A picture with zeros around it.
  private struct Padded {
    let height: Int
    /// The values of a row, without and with the zeros.
    let row: Int
    let line: Int
    let top: Int
    let left: Int
    let size: Int

    init(_ height: Int, _ width: Int, _ channels: Int, _ padding: Pair) {
      self.height = height
      row = width * channels
      line = (width + 2 * padding.width) * channels
      (top, left) = (padding.height, padding.width * channels)
      size = padding == Pair(0, 0) ? 0 : line * (height + 2 * padding.height)
    }

    /// Copies a picture between the zeros of `memory`, unless there are none.
    func fill(_ x: UnsafePointer<Float>, _ memory: FloatMemory) -> UnsafePointer<Float> {
      if size == 0 { return x }
      for y in 0..<height {
        (memory.start + (top + y) * line + left).update(from: x + y * row, count: row)
      }
      return UnsafePointer(memory.start)
    }
  }

  private let source: Padded
  private let gradientSource: Padded?

  /// - Parameter hasGradient: whether ``inputGradient(_:_:_:)`` will be called.
  init?(_ layer: LayerChain.Convolution, hasGradient: Bool) {
    let taps = layer.rows * layer.columns
    guard let forward = Kernels(layer.channels, layer.outChannels, taps: taps) else { return nil }
    self.layer = layer
    self.forward = forward
    bias = FloatMemory(forward.channels)
    source = Padded(layer.height, layer.width, layer.channels, layer.padding)
    if hasGradient {
      guard let turned = Kernels(layer.outChannels, layer.channels, taps: taps) else { return nil }
      backward = turned
      gradientSource = Padded(
        layer.outHeight, layer.outWidth, layer.outChannels,
        Pair(layer.rows - 1 - layer.padding.height, layer.columns - 1 - layer.padding.width))
    } else {
      (backward, gradientSource) = (nil, nil)
    }
  }

  func makeLane(trains: Bool) -> Lane { Lane(self, trains: trains) }

  /// Takes over weights [out][in][rows][columns] and a bias that have changed.
  func pack(_ weight: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?) {
    let size = (Int64(layer.rows), Int64(layer.columns))
    let (input, output) = (Int64(layer.channels), Int64(layer.outChannels))
    forward.kernels.pack(weight, input, output, size.0, size.1, false, forward.packed.start)
    backward?.kernels.pack(weight, output, input, size.0, size.1, true, backward?.packed.start)
    if let bias { self.bias.start.update(from: bias, count: layer.outChannels) }
  }

  /// y = the convolution of x, with the bias.
  func output(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ lane: Lane) {
    Self.convolve(
      source.fill(x, lane.picture), line: source.line, forward, step: layer.stride,
      (layer.rows, layer.columns * layer.channels, layer.channels),
      (layer.outHeight, layer.outWidth, layer.outChannels), bias, y, lane)
  }

  /// dx = the gradient of the input from that of the output.
  func inputGradient(_ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>, _ lane: Lane) {
    guard let backward, let gradientSource else { return }
    Self.convolve(
      gradientSource.fill(dy, lane.gradient), line: gradientSource.line, backward,
      step: Pair(1, 1), (layer.rows, layer.columns * layer.outChannels, layer.outChannels),
      (layer.height, layer.width, layer.channels), nil, dx, lane)
  }

  /// - Parameters:
  ///   - kernel: its rows, the products of an output for each of them, and the channels that it reads.
  ///   - output: height, width and channels.
  private static func convolve(
    _ x: UnsafePointer<Float>, line: Int, _ packed: Kernels, step: Pair,
    _ kernel: (rows: Int, depth: Int, channels: Int),
    _ output: (height: Int, width: Int, channels: Int), _ bias: FloatMemory?,
    _ y: UnsafeMutablePointer<Float>, _ lane: Lane
  ) {
    let count = output.width * output.channels
    for row in 0..<output.height {
      // The padding of the last pixel belongs to the next picture.
      let isLast = row == output.height - 1 && packed.channels != output.channels
      let target = isLast ? lane.line.start : y + row * count
      packed.kernels.multiply(
        x + row * step.height * line, Int64(step.width * kernel.channels), Int64(output.width),
        Int64(kernel.rows), Int64(line), Int64(kernel.depth), packed.packed.start, bias?.start,
        Int64(packed.channels), target, Int64(output.channels))
      if isLast { (y + row * count).update(from: target, count: count) }
    }
  }

  /// Forgets the gradients of a lane.
  func clearGradients(_ lane: Lane) {
    lane.weights.start.update(repeating: 0, count: lane.weights.count)
    lane.bias.start.update(repeating: 0, count: lane.bias.count)
  }

  /// Adds the gradients of weights and bias from one picture to those of the lane. Up to 15 floats beyond `dy` are
  /// read.
  func addGradients(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ lane: Lane, _ kernels: ck_kernels
  ) {
    let picture = source.fill(x, lane.picture)
    for row in 0..<layer.outHeight {
      forward.kernels.accumulate(
        picture + row * layer.stride.height * source.line,
        Int64(layer.stride.width * layer.channels), Int64(layer.outWidth), Int64(layer.rows),
        Int64(source.line), Int64(layer.columns * layer.channels),
        dy + row * layer.outWidth * layer.outChannels, Int64(layer.outChannels),
        Int64(forward.channels), lane.weights.start)
    }
    kernels.add_columns(
      dy, layer.outChannels, layer.outHeight * layer.outWidth, layer.outChannels, lane.bias.start)
  }

  /// Writes the sums of the lanes' gradients for some output channels.
  ///
  /// - Parameter adding: whether to add to the existing gradients instead of overwriting them.
  func writeGradients(
    of lanes: some Collection<Lane>, _ units: Range<Int>, into target: LayerGradients, adding: Bool
  ) {
    let depth = layer.columns * layer.channels
    for unit in units {
      var place = target.weight + unit * layer.parameters.unitSize
      for channel in 0..<layer.channels {
        for row in 0..<layer.rows {
          for column in 0..<layer.columns {
            let from = (row * depth + column * layer.channels + channel) * forward.channels + unit
            let sum = lanes.reduce(Float(0)) { $0 + $1.weights.start[from] }
            place.pointee = adding ? place.pointee + sum : sum
            place += 1
          }
        }
      }
      if let bias = target.bias {
        let sum = lanes.reduce(Float(0)) { $0 + $1.bias.start[unit] }
        bias[unit] = adding ? bias[unit] + sum : sum
      }
    }
  }
}

@available(*, unavailable)
extension DirectConvolution: Sendable {}

@available(*, unavailable)
extension DirectConvolution.Lane: Sendable {}
