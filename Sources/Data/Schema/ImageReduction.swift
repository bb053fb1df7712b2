/// The part of its sides that a JPEG file is decoded at, which saves most of the work on the rest.
///
/// These are the scales that libjpeg-turbo has fast code for; the eighths between them take longer than whole images.
package enum DecodingScale: Int, Sendable, CaseIterable {
  case whole = 1
  case half = 2
  case quarter = 4
  case eighth = 8

  /// What both sides are divided by.
  package var divisor: Int { rawValue }

  /// The size that an image is decoded to: both sides are rounded up.
  package func size(of size: ImageSize) -> ImageSize {
    ImageSize(
      channels: size.channels, height: (size.height + divisor - 1) / divisor,
      width: (size.width + divisor - 1) / divisor)
  }
}

/// The size that images are resized to, by the size that they have.
package enum ResizedSize: Sendable, Hashable, CustomStringConvertible {
  case exact(height: Int, width: Int)
  /// The length of the shorter side; the longer keeps the proportions and is truncated.
  case shorterSide(Int)

  /// `224×320`, height first, or `a shorter side of 256`; stable, part of fingerprints.
  package var description: String {
    switch self {
    case .exact(let height, let width): "\(height)×\(width)"
    case .shorterSide(let side): "a shorter side of \(side)"
    }
  }

  package func of(height: Int, width: Int) -> (height: Int, width: Int) {
    switch self {
    case .exact(let height, let width): return (height, width)
    case .shorterSide(let side):
      let long = Int(Double(side * max(height, width)) / Double(min(height, width)))
      return width <= height ? (long, side) : (side, long)
    }
  }
}

/// How much smaller images may be decoded, because they are resized to less anyway.
package struct ImageReduction: Sendable, Hashable {
  /// What images are resized to, by the sizes of their files.
  package let target: ResizedSize

  package init(to target: ResizedSize) { self.target = target }

  /// The smallest scale that still has all rows and columns that the resized image has.
  ///
  /// - Parameter size: of the image in its file, upright.
  package func scale(of size: ImageSize) -> DecodingScale {
    let (height, width) = target.of(height: size.height, width: size.width)
    return DecodingScale.allCases.last {
      let decoded = $0.size(of: size)
      return decoded.height >= height && decoded.width >= width
    } ?? .whole
  }
}
