import CPixels
import ImageColor

extension DecodedImage {
  /// Converts to grey (1) or colour (3) in Pillow's integer arithmetic: grey is
  /// `(19595 R + 38470 G + 7471 B + 2¹⁵) / 2¹⁶`, the luma of ITU-R BT.601, rounded.
  ///
  /// - Precondition: `wanted` is 1 or 3.
  package func convert(channels wanted: Int) -> DecodedImage {
    precondition(wanted == 1 || wanted == 3)
    if wanted == channels { return self }
    let count = height * width
    let bytes = self.bytes
    let converted =
      if wanted == 1 {
        [UInt8](unsafeUninitializedCapacity: count) { grey, filled in
          for pixel in 0..<count {
            grey[pixel] = Self.luma(
              bytes[3 * pixel], bytes[3 * pixel + 1], bytes[3 * pixel + 2])
          }
          filled = count
        }
      } else {
        [UInt8](unsafeUninitializedCapacity: 3 * count) { color, filled in
          for pixel in 0..<count {
            for channel in 0..<3 { color[3 * pixel + channel] = bytes[pixel] }
          }
          filled = 3 * count
        }
      }
    return DecodedImage(
      channels: wanted, height: height, width: width, bytes: converted, traits: traits)
  }

  /// The pixels in planar order, [channels, height, width], as networks expect them.
  package func planarBytes() -> [UInt8] {
    guard channels > 1 else { return bytes }
    return [UInt8](unsafeUninitializedCapacity: bytes.count) { planes, filled in
      writePlanes(channels: channels, into: planes)
      filled = bytes.count
    }
  }

  /// Writes the channels one after the other, [channels, height, width], in grey (1) or colour (3) as
  /// ``convert(channels:)`` gives them, without memory of its own.
  ///
  /// - Precondition: `wanted` is 1 or 3, and `target` has room for `wanted × height × width` bytes.
  package func writePlanes(
    channels wanted: Int, into target: UnsafeMutableBufferPointer<UInt8>
  ) {
    precondition(wanted == 1 || wanted == 3)
    let count = height * width
    precondition(target.count >= wanted * count)
    guard let base = target.baseAddress else { return }
    bytes.withUnsafeBufferPointer { source in
      switch (channels, wanted) {
      case (1, _):
        for channel in 0..<wanted {
          for pixel in 0..<count { target[channel * count + pixel] = source[pixel] }
        }
      case (_, 1):
        for pixel in 0..<count {
          target[pixel] = Self.luma(
            source[3 * pixel], source[3 * pixel + 1], source[3 * pixel + 2])
        }
      default:
        if let pixels = source.baseAddress { cp_planes(pixels, count, base) }
      }
    }
  }

  /// The luma of ITU-R BT.601 in integers, as ``convert(channels:)`` describes it.
  private static func luma(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
    let sum = UInt32(red) * 19595 + UInt32(green) * 38470 + UInt32(blue) * 7471
    return UInt8(truncatingIfNeeded: (sum + 0x8000) >> 16)
  }

  /// Whether the mean of the visible pixels, weighted by alpha, is at least three quarters of white.
  static func isNearlyWhite(_ pixels: UnsafeBufferPointer<UInt8>, colors: Int) -> Bool {
    var (sum, weight) = (0, 0)
    for start in stride(from: 0, to: pixels.count, by: colors + 1) {
      let alpha = Int(pixels[start + colors])
      weight += alpha * colors
      for channel in 0..<colors { sum += alpha * Int(pixels[start + channel]) }
    }
    return weight > 0 && sum >= 191 * weight
  }

  /// Composites pixels with alpha onto a background:
  /// `(alpha × value + (255 - alpha) × background) / 255`, rounded, like Pillow's `alpha_composite`.
  ///
  /// - Parameters:
  ///   - colors: channels besides alpha, 1 or 3.
  ///   - channels: channels of the result: 1 only for grey on grey, otherwise 3.
  static func composite(
    _ pixels: UnsafeBufferPointer<UInt8>, colors: Int, channels: Int, _ background: Background
  ) -> [UInt8] {
    let behind = [background.red, background.green, background.blue].map(Int.init)
    let count = pixels.count / (colors + 1)
    return [UInt8](unsafeUninitializedCapacity: channels * count) { target, filled in
      for pixel in 0..<count {
        let start = pixel * (colors + 1)
        let alpha = Int(pixels[start + colors])
        for channel in 0..<channels {
          let value = Int(pixels[start + (colors == 1 ? 0 : channel)])
          let sum = alpha * value + (255 - alpha) * behind[channel]
          target[channels * pixel + channel] = UInt8(clamping: (sum + 127) / 255)
        }
      }
      filled = channels * count
    }
  }

  /// Converts a CMYK JPEG, whose values are stored inverted (as Adobe does, and as Pillow assumes for all
  /// such files), to RGB: `R = (255 - K) - (255 - K) C / 255`, each product rounded.
  static func rgb(invertedCMYK pixels: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    let count = pixels.count / 4
    return [UInt8](unsafeUninitializedCapacity: 3 * count) { rgb, filled in
      for pixel in 0..<count {
        let light = Int(pixels[4 * pixel + 3])
        for channel in 0..<3 {
          let ink = 255 - Int(pixels[4 * pixel + channel])
          // The rounded quotient by 255, exact for all products of two bytes.
          let product = ink * light + 128
          rgb[3 * pixel + channel] = UInt8(clamping: light - ((product >> 8) + product) >> 8)
        }
      }
      filled = 3 * count
    }
  }
}
