/// Colour adjustments on floats from 0 to 1, as in torchvision on tensors. Results are clipped to 0…1.
///
/// Images have one or three channels; all work in place on [channels, height, width].
enum FloatColor {
  @inline(__always)
  static func luma(_ red: Float, _ green: Float, _ blue: Float) -> Float {
    0.2989 * red + 0.587 * green + 0.114 * blue
  }

  @inline(__always)
  private static func clipped(_ value: Float) -> Float { min(max(value, 0), 1) }

  /// Blends with black: 0 is black, 1 the image, more is brighter.
  static func brightness(_ image: Pixels, factor: Float) {
    let pixels = image.floats
    for place in 0..<image.type.elementCount { pixels[place] = clipped(factor * pixels[place]) }
  }

  /// Blends with the image's mean brightness: 0 is the mean, 1 the image, more has higher contrast.
  static func contrast(_ image: Pixels, factor: Float) {
    let pixels = image.floats
    let size = image.type.planeCount
    var sum = 0.0
    if image.type.channels == 3 {
      for place in 0..<size {
        sum += Double(luma(pixels[place], pixels[size + place], pixels[2 * size + place]))
      }
    } else {
      for place in 0..<size { sum += Double(pixels[place]) }
    }
    let offset = (1 - factor) * Float(sum / Double(size))
    for place in 0..<image.type.elementCount {
      pixels[place] = clipped(factor * pixels[place] + offset)
    }
  }

  /// Blends with the grey image: 0 is grey, 1 the image, more is more saturated. Grey images are unchanged.
  static func saturation(_ image: Pixels, factor: Float) {
    if image.type.channels != 3 { return }
    let pixels = image.floats
    let size = image.type.planeCount
    for place in 0..<size {
      let grey = luma(pixels[place], pixels[size + place], pixels[2 * size + place])
      for channel in 0..<3 {
        let value = channel * size + place
        pixels[value] = clipped(factor * pixels[value] + (1 - factor) * grey)
      }
    }
  }

  /// Rotates the hue by `factor` of the circle, -0.5 to 0.5. Grey images are unchanged.
  static func hue(_ image: Pixels, factor: Float) {
    if image.type.channels != 3 { return }
    let pixels = image.floats
    let size = image.type.planeCount
    for place in 0..<size {
      let (hue, saturation, value) = hsv(
        pixels[place], pixels[size + place], pixels[2 * size + place])
      var turned = (hue + factor).truncatingRemainder(dividingBy: 1)
      if turned < 0 { turned += 1 }
      let (red, green, blue) = rgb(turned, saturation, value)
      pixels[place] = red
      pixels[size + place] = green
      pixels[2 * size + place] = blue
    }
  }

  /// Hue, saturation and value, each from 0 to 1. Source: `_rgb2hsv` of torchvision.
  static func hsv(_ red: Float, _ green: Float, _ blue: Float) -> (Float, Float, Float) {
    let high = max(red, green, blue)
    let low = min(red, green, blue)
    if high == low { return (0, 0, high) }
    let range = high - low
    let rc = (high - red) / range
    let gc = (high - green) / range
    let bc = (high - blue) / range
    let hue = high == red ? bc - gc : high == green ? 2 + rc - bc : 4 + gc - rc
    return ((hue / 6 + 1).truncatingRemainder(dividingBy: 1), range / high, high)
  }

  /// Converts back to RGB. Source: `_hsv2rgb` of torchvision.
  static func rgb(_ hue: Float, _ saturation: Float, _ value: Float) -> (Float, Float, Float) {
    if !hue.isFinite { return (value, value, value) }
    let sector = (hue * 6).rounded(.down)
    let rest = hue * 6 - sector
    let p = clipped(value * (1 - saturation))
    let q = clipped(value * (1 - saturation * rest))
    let t = clipped(value * (1 - saturation * (1 - rest)))
    switch Int(sector) % 6 {
    case 0: return (value, t, p)
    case 1: return (q, value, p)
    case 2: return (p, value, t)
    case 3: return (p, q, value)
    case 4: return (t, p, value)
    default: return (value, p, q)
    }
  }
}
