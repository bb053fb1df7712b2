/// Colour adjustments on bytes, as in Pillow's `ImageEnhance` and its HSV conversion.
///
/// Images have one or three channels; all work in place on [channels, height, width].
enum ByteColor {
  /// The brightness of a colour: ITU-R 601-2 in 16-bit fixed point, rounded.
  @inline(__always)
  static func luma(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
    let sum = Int(red) &* 19595 &+ Int(green) &* 38470 &+ Int(blue) &* 7471 &+ 0x8000
    return UInt8(truncatingIfNeeded: sum >> 16)
  }

  /// `from` + `factor` (`to` - `from`), truncated; in floats, like Pillow's `Image.blend`.
  @inline(__always)
  static func blend(_ from: Int, _ to: Int, _ factor: Float) -> UInt8 {
    let value = Float(from) + factor * Float(to - from)
    return value <= 0 ? 0 : value >= 255 ? 255 : UInt8(value)
  }

  /// Blends with black: 0 is black, 1 the image, more is brighter.
  static func brightness(_ image: Pixels, factor: Float) {
    if factor == 1 { return }
    let pixels = image.bytes
    for place in 0..<image.type.elementCount {
      pixels[place] = blend(0, Int(pixels[place]), factor)
    }
  }

  /// Blends with the image's mean brightness: 0 is the mean, 1 the image, more has higher contrast.
  static func contrast(_ image: Pixels, factor: Float) {
    if factor == 1 { return }
    let pixels = image.bytes
    let size = image.type.planeCount
    var sum = 0
    if image.type.channels == 3 {
      for place in 0..<size {
        sum += Int(luma(pixels[place], pixels[size + place], pixels[2 * size + place]))
      }
    } else {
      for place in 0..<size { sum += Int(pixels[place]) }
    }
    let mean = Int(Double(sum) / Double(size) + 0.5)
    for place in 0..<image.type.elementCount {
      pixels[place] = blend(mean, Int(pixels[place]), factor)
    }
  }

  /// Blends with the grey image: 0 is grey, 1 the image, more is more saturated. Grey images are unchanged.
  static func saturation(_ image: Pixels, factor: Float) {
    if factor == 1 || image.type.channels != 3 { return }
    let pixels = image.bytes
    let size = image.type.planeCount
    for place in 0..<size {
      let grey = Int(luma(pixels[place], pixels[size + place], pixels[2 * size + place]))
      for channel in 0..<3 {
        let value = channel * size + place
        pixels[value] = blend(grey, Int(pixels[value]), factor)
      }
    }
  }

  /// Rotates the hue by `factor` of the circle, -0.5 to 0.5. Grey images are unchanged.
  static func hue(_ image: Pixels, factor: Double) {
    if image.type.channels != 3 { return }
    let turn = UInt8(truncatingIfNeeded: Int(factor * 255))
    let pixels = image.bytes
    let size = image.type.planeCount
    for place in 0..<size {
      var (hue, saturation, value) = hsv(
        pixels[place], pixels[size + place], pixels[2 * size + place])
      hue &+= turn
      let (red, green, blue) = rgb(hue, saturation, value)
      pixels[place] = red
      pixels[size + place] = green
      pixels[2 * size + place] = blue
    }
  }

  /// Hue, saturation and value in bytes, each truncated. Source: Pillow's conversion from RGB to HSV,
  /// which mixes floats and doubles.
  static func hsv(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> (UInt8, UInt8, UInt8) {
    let high = max(red, green, blue)
    let low = min(red, green, blue)
    if high == low { return (0, 0, high) }
    let range = Float(high - low)
    let saturation = range / Float(high)
    let rc = Float(high - red) / range
    let gc = Float(high - green) / range
    let bc = Float(high - blue) / range
    var hue: Float
    if red == high {
      hue = bc - gc
    } else if green == high {
      hue = Float(2.0 + Double(rc) - Double(bc))
    } else {
      hue = Float(4.0 + Double(gc) - Double(rc))
    }
    hue = Float((Double(hue) / 6 + 1).truncatingRemainder(dividingBy: 1))
    return (clipped(Double(hue) * 255), clipped(Double(saturation) * 255), high)
  }

  /// Converts back to RGB, rounded.
  static func rgb(_ hue: UInt8, _ saturation: UInt8, _ value: UInt8) -> (UInt8, UInt8, UInt8) {
    if saturation == 0 { return (value, value, value) }
    let place = Double(hue) * 6 / 255
    let sector = Int(place.rounded(.down))
    let rest = Double(Float(place - Double(sector)))
    let strength = Double(Float(Double(saturation) / 255))
    func rounded(_ share: Double) -> UInt8 { clipped((Double(value) * share).rounded()) }
    let p = rounded(1 - strength)
    let q = rounded(1 - Double(Float(strength) * Float(rest)))
    let t = rounded(1 - strength * (1 - rest))
    switch sector % 6 {
    case 0: return (value, t, p)
    case 1: return (q, value, p)
    case 2: return (p, value, t)
    case 3: return (p, q, value)
    case 4: return (t, p, value)
    default: return (value, p, q)
    }
  }

  private static func clipped(_ value: Double) -> UInt8 { UInt8(min(max(value, 0), 255)) }
}
