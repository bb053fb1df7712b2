import PNGImage

/// Colours of numbers, in equal steps to the eye.
package enum ColorMap: Sendable {
  /// From black through purple and orange to pale yellow: matplotlib's `inferno`, for numbers from 0 to 1.
  case inferno
  /// From blue through grey to red: Moreland's `coolwarm` (2009), for numbers from −1 to 1.
  case coolwarm

  /// The colour of a number, interpolated linearly between 33 colours; numbers outside of the range have the colour of
  /// its nearer end.
  package func color(_ value: Double) -> PixelImage.Color {
    let share = self == .inferno ? value : (value + 1) / 2
    let place = max(0, min(1, share)) * Double(colors.count - 1)
    let first = min(Int(place), colors.count - 2)
    let (a, b) = (PixelImage.Color(colors[first]), PixelImage.Color(colors[first + 1]))
    let weight = place - Double(first)
    func mixed(_ a: UInt8, _ b: UInt8) -> UInt8 {
      UInt8((Double(a) + weight * (Double(b) - Double(a))).rounded())
    }
    return PixelImage.Color(
      red: mixed(a.red, b.red), green: mixed(a.green, b.green), blue: mixed(a.blue, b.blue))
  }

  /// For a gradient in CSS, from the smallest number to the largest.
  package var stops: String {
    stride(from: 0, to: colors.count, by: 4).map { index in
      let digits = String(colors[index], radix: 16)
      return "#" + String(repeating: "0", count: 6 - digits.count) + digits
    }.joined(separator: ", ")
  }

  private var colors: [UInt32] { self == .inferno ? Self.infernoColors : Self.coolwarmColors }

  private static let infernoColors: [UInt32] = [
    0x000004, 0x040312, 0x0B0724, 0x150B37, 0x210C4A, 0x2F0A5B, 0x3D0965, 0x4A0C6B, 0x57106E,
    0x64156E, 0x71196E, 0x7D1E6D, 0x8A226A, 0x972766, 0xA32C61, 0xB0315B, 0xBC3754, 0xC73E4C,
    0xD24644, 0xDB503B, 0xE45A31, 0xEB6628, 0xF1731D, 0xF68013, 0xF98E09, 0xFB9D07, 0xFCAC11,
    0xFBBC21, 0xF9CB35, 0xF5DB4C, 0xF2EA69, 0xF3F68A, 0xFCFFA4,
  ]

  private static let coolwarmColors: [UInt32] = [
    0x3B4CC0, 0x445ACC, 0x4E68D8, 0x5875E1, 0x6282EA, 0x6C8FF1, 0x779AF7, 0x82A6FB, 0x8DB0FE,
    0x98B9FF, 0xA3C2FE, 0xAEC9FC, 0xB9D0F9, 0xC3D5F4, 0xCCD9ED, 0xD5DBE5, 0xDDDCDC, 0xE5D8D1,
    0xECD3C5, 0xF1CCB8, 0xF5C4AC, 0xF7BA9F, 0xF7B093, 0xF6A586, 0xF4987A, 0xF08B6E, 0xEB7D62,
    0xE46E56, 0xDD5F4B, 0xD44E41, 0xCA3B37, 0xBE242E, 0xB40426,
  ]
}
