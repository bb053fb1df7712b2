/// A font of 5 × 7 dots for the labels of boxes, which have to be legible at any size without a library that draws
/// text. It has the printable characters of ASCII.
enum BitmapFont {
  static let height = 7
  /// The dots from one character to the next.
  private static let advance = 6

  /// The width of a text in dots.
  static func width(_ text: String) -> Int { max(0, advance * text.count - 1) }

  /// The text, at most `limit` characters long, with `?` for characters that the font does not have.
  static func drawable(_ text: String, _ limit: Int) -> String {
    let drawable = String(
      text.map { character in
        character.asciiValue.map { $0 >= 32 && $0 < 127 } == true ? character : "?"
      })
    return drawable.count <= limit ? drawable : drawable.prefix(limit - 2) + ".."
  }

  /// The dots of a text, from its upper left corner.
  static func dots(_ text: String) -> [(x: Int, y: Int)] {
    text.enumerated().flatMap { place, character -> [(x: Int, y: Int)] in
      let number = Int(character.asciiValue ?? 63) - 32
      let glyph = glyphs[glyphs.indices.contains(number) ? number : 31]
      return (0..<height).flatMap { row in
        let bits = glyph >> UInt64(8 * (height - 1 - row)) & 0xFF
        return (0..<5).filter { bits >> UInt64(4 - $0) & 1 == 1 }
          .map { (x: advance * place + $0, y: row) }
      }
    }
  }

  /// From the space on. A byte for each row from the top, whose lower five bits are the dots from the left.
  private static let glyphs: [UInt64] = [
    0x00000000000000, 0x04040404040004, 0x0a0a0a00000000, 0x0a0a1f0a1f0a0a,
    0x040f140e051e04, 0x18190204081303, 0x0c12140815120d, 0x04040800000000,
    0x02040808080402, 0x08040202020408, 0x0004150e150400, 0x0004041f040400,
    0x000000000c0408, 0x0000001f000000, 0x00000000000c0c, 0x00010204081000,
    0x0e11131519110e, 0x040c040404040e, 0x0e11010204081f, 0x1f02040201110e,
    0x02060a121f0202, 0x1f101e0101110e, 0x0608101e11110e, 0x1f010204080808,
    0x0e11110e11110e, 0x0e11110f01020c, 0x000c0c000c0c00, 0x000c0c000c0408,
    0x02040810080402, 0x00001f001f0000, 0x08040201020408, 0x0e110102040004,
    0x0e11010d15150e, 0x0e11111f111111, 0x1e11111e11111e, 0x0e11101010110e,
    0x1c12111111121c, 0x1f10101e10101f, 0x1f10101e101010, 0x0e11101711110f,
    0x1111111f111111, 0x0e04040404040e, 0x0702020202120c, 0x11121418141211,
    0x1010101010101f, 0x111b1515111111, 0x11111915131111, 0x0e11111111110e,
    0x1e11111e101010, 0x0e11111115120d, 0x1e11111e141211, 0x0f10100e01011e,
    0x1f040404040404, 0x1111111111110e, 0x11111111110a04, 0x1111111515150a,
    0x11110a040a1111, 0x1111110a040404, 0x1f01020408101f, 0x0e08080808080e,
    0x00100804020100, 0x0e02020202020e, 0x040a1100000000, 0x0000000000001f,
    0x08040200000000, 0x00000e010f110f, 0x1010161911111e, 0x00000e1010110e,
    0x01010d1311110f, 0x00000e111f100e, 0x0609081c080808, 0x00000f110f010e,
    0x10101619111111, 0x04000c0404040e, 0x0200060202120c, 0x10101214181412,
    0x0c04040404040e, 0x00001a15151111, 0x00001619111111, 0x00000e1111110e,
    0x00001e111e1010, 0x00000f110f0101, 0x00001619101010, 0x00000f100e011e,
    0x08081c08080906, 0x0000111111130d, 0x00001111110a04, 0x0000111115150a,
    0x0000110a040a11, 0x000011110f010e, 0x00001f0204081f, 0x02040408040402,
    0x04040404040404, 0x08040402040408, 0x00000915120000,
  ]
}
