import CKernels
import Graph

/// Computes a convolution of one picture at a time, with packed weights. Pictures are in channels-last order.
final class DirectConvolution {
  private let layer: LayerChain.Convolution
  private let kernels: ck_direct
  /// Output channels, filled up to whole registers.
  private let paddedChannels: Int
  private let packed: FloatMemory
  /// The bias, filled up with zeros.
  private let bias: FloatMemory
  /// The kernels and weights for the gradient of the input, if it is needed.
  private let backward: (kernels: ck_direct, packed: FloatMemory)?

  /// The memory of each thread, which `memory` keeps alive.
  private let lanes: [Lane]
  private let memory: [FloatMemory]

  private struct Lane {
    /// An input with the zeros around it, which stay.
    let picture: UnsafeMutablePointer<Float>
    /// The gradient of an input and of the zeros around it.
    let gradient: UnsafeMutablePointer<Float>
    /// A row of an output.
    let row: UnsafeMutablePointer<Float>
    /// The sums of the weights' gradients [rows][columns and channels][padded output channels], and the bias'.
    let weights: UnsafeMutablePointer<Float>
    let bias: UnsafeMutablePointer<Float>
  }

  /// Returns `nil` if there are no kernels for this processor.
  ///
  /// - Parameters:
  ///   - lanes: the number of threads.
  ///   - trains: whether gradients will be computed, and with `hasGradient` that of the input.
  init?(_ layer: LayerChain.Convolution, lanes count: Int, trains: Bool, hasGradient: Bool) {
    guard let kernels = ck_best_direct(Int64(layer.outChannels))?.pointee,
      let turned = ck_best_direct(Int64(layer.columns * layer.channels))?.pointee
    else { return nil }
    func filled(_ count: Int, _ kernels: ck_direct) -> Int {
      (count + Int(kernels.lanes) - 1) / Int(kernels.lanes) * Int(kernels.lanes)
    }
    let depth = layer.columns * layer.channels
    self.layer = layer
    self.kernels = kernels
    let channels = filled(layer.outChannels, kernels)
    let weights = layer.rows * depth * channels
    paddedChannels = channels
    packed = FloatMemory(weights)
    bias = FloatMemory(channels)
    backward =
      trains && hasGradient
      ? (turned, FloatMemory(layer.outChannels * layer.rows * filled(depth, turned))) : nil
    let size =
      (layer.width + 2 * layer.padding.width) * (layer.height + 2 * layer.padding.height)
      * layer.channels
    var memory: [FloatMemory] = []
    func allocate(_ count: Int, if isNeeded: Bool = true) -> UnsafeMutablePointer<Float> {
      memory.append(FloatMemory(isNeeded ? count : 0))
      return memory[memory.count - 1].start
    }
    lanes = (0..<count).map { _ in
      Lane(
        picture: allocate(size, if: layer.padding != Pair(0, 0)),
        gradient: allocate(size, if: trains && hasGradient),
        row: allocate(layer.outWidth * channels), weights: allocate(weights, if: trains),
        bias: allocate(layer.outChannels, if: trains))
    }
    self.memory = memory
  }

  /// Takes over weights [out][in][rows][columns] and a bias that have changed.
  func pack(_ weight: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?) {
    let (rows, columns) = (Int64(layer.rows), Int64(layer.columns))
    let (input, output) = (Int64(layer.channels), Int64(layer.outChannels))
    kernels.pack(weight, input, output, rows, columns, false, packed.start)
    backward?.kernels.pack_gradient(weight, input, output, rows, columns, backward?.packed.start)
    if let bias { self.bias.start.update(from: bias, count: layer.outChannels) }
  }

  /// The values of a row of the input, without and with the zeros beside it.
  private var source: Int { layer.width * layer.channels }
  private var line: Int { (layer.width + 2 * layer.padding.width) * layer.channels }
  /// The products of an output for a row of the kernel.
  private var depth: Int { layer.columns * layer.channels }
  /// The distance between what two pixels and two rows of the output depend on.
  private var step: (pixel: Int, row: Int) {
    (layer.stride.width * layer.channels, layer.stride.height * line)
  }
  /// The values of a row of the output.
  private var target: Int { layer.outWidth * layer.outChannels }
  /// Where the first value of the input is among the zeros.
  private var first: Int { layer.padding.height * line + layer.padding.width * layer.channels }

  /// A picture with zeros around it.
  private func padded(_ x: UnsafePointer<Float>, _ lane: Lane) -> UnsafePointer<Float> {
    if layer.padding == Pair(0, 0) { return x }
    for y in 0..<layer.height {
      (lane.picture + first + y * line).update(from: x + y * source, count: source)
    }
    return UnsafePointer(lane.picture)
  }

  /// y = the convolution of x, with the bias.
  func output(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, lane: Int) {
    let lane = lanes[lane]
    let picture = padded(x, lane)
    for row in 0..<layer.outHeight {
      // The padding of the last pixel would reach into the next picture, which another thread may have written.
      let isApart =
        (layer.outHeight - 1 - row) * target < paddedChannels - layer.outChannels
      let values = isApart ? lane.row : y + row * target
      kernels.multiply(
        picture + row * step.row, Int64(step.pixel), Int64(layer.outWidth), Int64(layer.rows),
        Int64(line), Int64(depth), packed.start, bias.start, Int64(paddedChannels), values,
        Int64(layer.outChannels))
      if isApart { (y + row * target).update(from: values, count: target) }
    }
  }

  /// dx = the gradient of the input from that of the output.
  func inputGradient(_ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>, lane: Int) {
    guard let backward else { return }
    let gradient = lanes[lane].gradient
    gradient.update(repeating: 0, count: line * (layer.height + 2 * layer.padding.height))
    for row in 0..<layer.outHeight {
      backward.kernels.scatter(
        dy + row * target, Int64(layer.outChannels), Int64(layer.outWidth), backward.packed.start,
        Int64(layer.rows), Int64(depth), Int64(line), Int64(step.pixel), gradient + row * step.row)
    }
    for y in 0..<layer.height {
      (dx + y * source).update(from: gradient + first + y * line, count: source)
    }
  }

  /// Forgets the gradients of a lane.
  func clearGradients(lane: Int) {
    lanes[lane].weights.update(repeating: 0, count: packed.count)
    lanes[lane].bias.update(repeating: 0, count: layer.outChannels)
  }

  /// Adds the gradients of weights and bias from one picture to those of the lane. Up to 15 floats beyond `dy` are
  /// read.
  func addGradients(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, lane: Int, _ kernels: ck_kernels
  ) {
    let lane = lanes[lane]
    let picture = padded(x, lane)
    for row in 0..<layer.outHeight {
      self.kernels.accumulate(
        picture + row * step.row, Int64(step.pixel), Int64(layer.outWidth), Int64(layer.rows),
        Int64(line), Int64(depth), dy + row * target, Int64(layer.outChannels),
        Int64(paddedChannels), lane.weights)
    }
    kernels.add_columns(
      dy, layer.outChannels, layer.outHeight * layer.outWidth, layer.outChannels, lane.bias)
  }

  /// Writes the sums of the gradients of the first lanes for some output channels.
  ///
  /// - Parameter adding: whether to add to the existing gradients instead of overwriting them.
  func writeGradients(
    lanes count: Int, _ units: Range<Int>, into target: LayerGradients, adding: Bool
  ) {
    let lanes = lanes[..<count]
    for unit in units {
      var place = target.weight + unit * layer.parameters.unitSize
      for channel in 0..<layer.channels {
        for row in 0..<layer.rows {
          for column in 0..<layer.columns {
            let from = (row * depth + column * layer.channels + channel) * paddedChannels + unit
            let sum = lanes.reduce(Float(0)) { $0 + $1.weights[from] }
            place.pointee = adding ? place.pointee + sum : sum
            place += 1
          }
        }
      }
      if let bias = target.bias {
        let sum = lanes.reduce(Float(0)) { $0 + $1.bias[unit] }
        bias[unit] = adding ? bias[unit] + sum : sum
      }
    }
  }
}

@available(*, unavailable)
extension DirectConvolution: Sendable {}
