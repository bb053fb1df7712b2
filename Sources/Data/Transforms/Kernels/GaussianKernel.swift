import Glibc

/// Blurs with a separable Gaussian kernel, the image mirrored at its border without its last pixel.
///
/// A byte whose exact value lies next to a half may differ by one from torchvision's, about one in 30,000. So
/// do the results of torchvision's two interfaces from each other, and of the convolutions that PyTorch chooses
/// from on different machines.
struct GaussianKernel: Sendable, Equatable {
  /// Odd numbers of weights with the sum 1.
  let across: [Float]
  let down: [Float]

  /// - Parameters:
  ///   - width, height: odd numbers of pixels.
  ///   - sigma: the standard deviation in pixels, above 0.
  init(width: Int, height: Int, sigma: Double) {
    across = Self.weights(width, sigma)
    down = Self.weights(height, sigma)
  }

  private static func weights(_ count: Int, _ sigma: Double) -> [Float] {
    let middle = Double(count / 2)
    let values = (0..<count).map { place in
      let distance = (Double(place) - middle) / sigma
      return exp(-0.5 * distance * distance)
    }
    let sum = values.reduce(0, +)
    return values.map { Float($0 / sum) }
  }

  /// Bytes of scratch memory for blurring an image of `type` with a kernel of `width` pixels.
  static func scratchSize(_ type: ImageType, width: Int) -> Int {
    4 * (type.planeCount + 2 * type.width + width)
  }

  /// Blurs every channel of `input`; bytes are rounded.
  ///
  /// - Parameter scratch: memory of `scratchSize` bytes.
  func apply(_ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer) {
    let type = input.type
    let between = scratch.assumingMemoryBound(to: Float.self)
    let line = between + type.planeCount
    for channel in 0..<type.channels {
      let plane = channel * type.planeCount
      for row in 0..<type.height {
        let start = plane + row * type.width
        let padded = line + across.count / 2
        if type.isFloat {
          padded.update(from: input.floats + start, count: type.width)
        } else {
          for column in 0..<type.width { padded[column] = Float(input.bytes[start + column]) }
        }
        mirror(padded, width: type.width)
        let target = between + row * type.width
        target.update(repeating: 0, count: type.width)
        for (tap, weight) in across.enumerated() {
          add(line + tap, to: target, weight: weight, count: type.width)
        }
      }
      for row in 0..<type.height {
        line.update(repeating: 0, count: type.width)
        for (tap, weight) in down.enumerated() {
          let from = Int(
            PaddingMode.reflect.source(of: row + tap - down.count / 2, size: type.height))
          add(between + from * type.width, to: line, weight: weight, count: type.width)
        }
        store(line, output, at: plane + row * type.width)
      }
    }
  }

  /// Continues a line on both sides by half of the kernel.
  private func mirror(_ line: UnsafeMutablePointer<Float>, width: Int) {
    for distance in 0..<across.count / 2 {
      line[-1 - distance] = line[1 + distance]
      line[width + distance] = line[width - 2 - distance]
    }
  }

  @inline(__always)
  private func add(
    _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, weight: Float,
    count: Int
  ) {
    for place in 0..<count { target[place] += source[place] * weight }
  }

  private func store(_ line: UnsafePointer<Float>, _ output: Pixels, at start: Int) {
    let width = output.type.width
    if output.type.isFloat {
      (output.floats + start).update(from: line, count: width)
    } else {
      for column in 0..<width {
        output.bytes[start + column] = UInt8(
          min(max(line[column].rounded(.toNearestOrEven), 0), 255))
      }
    }
  }
}
