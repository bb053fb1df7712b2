/// Copies whole pixels: each output pixel is an input pixel or the fill. Cropping, padding, flipping and
/// nearest-neighbour resampling differ only in the maps.
enum Rearrangement {
  /// - Parameters:
  ///   - rows: for each row of `output` the row of `input`, negative for the fill.
  ///   - columns: the same for columns.
  ///   - fill: one value for each channel, empty for zeros.
  static func apply(
    _ input: Pixels, _ output: Pixels, rows: UnsafeBufferPointer<Int32>,
    columns: UnsafeBufferPointer<Int32>, fill: [Float] = []
  ) {
    for channel in 0..<input.type.channels {
      let value = fill.isEmpty ? 0 : fill[channel]
      if input.type.isFloat {
        move(
          input.floats + channel * input.type.planeCount, input.type.width,
          output.floats + channel * output.type.planeCount, rows, columns, value)
      } else {
        move(
          input.bytes + channel * input.type.planeCount, input.type.width,
          output.bytes + channel * output.type.planeCount, rows, columns, UInt8(value))
      }
    }
  }

  @inline(__always)
  private static func move<Element>(
    _ input: UnsafePointer<Element>, _ width: Int, _ output: UnsafeMutablePointer<Element>,
    _ rows: UnsafeBufferPointer<Int32>, _ columns: UnsafeBufferPointer<Int32>, _ fill: Element
  ) {
    var target = output
    for row in rows {
      if row < 0 {
        for column in 0..<columns.count { target[column] = fill }
      } else {
        let source = input + Int(row) * width
        for column in 0..<columns.count {
          let place = columns[column]
          target[column] = place < 0 ? fill : source[Int(place)]
        }
      }
      target += columns.count
    }
  }
}

/// How an image is continued beyond its border.
package enum PaddingMode: String, Sendable, CaseIterable {
  case constant, edge, reflect, symmetric

  /// The pixel of 0..<`size` at `place`, which may lie outside; -1 for the fill.
  func source(of place: Int, size: Int) -> Int32 {
    if (0..<size).contains(place) { return Int32(place) }
    switch self {
    case .constant: return -1
    case .edge: return Int32(place < 0 ? 0 : size - 1)
    case .reflect: return Int32(place < 0 ? -place : 2 * size - 2 - place)
    case .symmetric: return Int32(place < 0 ? -place - 1 : 2 * size - 1 - place)
    }
  }

  /// The map of an axis of `size` pixels padded with `before` and `after` pixels.
  func map(size: Int, before: Int, after: Int) -> [Int32] {
    (-before..<size + after).map { source(of: $0, size: size) }
  }

  /// The most pixels that can be added on one side of an axis of `size` pixels.
  func limit(size: Int) -> Int {
    switch self {
    case .constant, .edge: .max
    case .reflect: size - 1
    case .symmetric: size
    }
  }
}
