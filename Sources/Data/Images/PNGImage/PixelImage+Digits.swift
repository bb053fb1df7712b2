extension PixelImage {
  /// Draws numbers with a built-in font of 3 × 5 pixels, so that no font file is needed.
  package enum Digits {
    package static let height = 5

    package static func width(of number: Int) -> Int { 4 * String(number).utf8.count - 1 }

    /// Five rows of three bits for each digit.
    fileprivate static let rows: [[UInt8]] = [
      [0b111, 0b101, 0b101, 0b101, 0b111], [0b010, 0b110, 0b010, 0b010, 0b111],
      [0b111, 0b001, 0b111, 0b100, 0b111], [0b111, 0b001, 0b111, 0b001, 0b111],
      [0b101, 0b101, 0b111, 0b001, 0b001], [0b111, 0b100, 0b111, 0b001, 0b111],
      [0b111, 0b100, 0b111, 0b101, 0b111], [0b111, 0b001, 0b010, 0b010, 0b010],
      [0b111, 0b101, 0b111, 0b101, 0b111], [0b111, 0b101, 0b111, 0b001, 0b111],
    ]
  }

  /// Draws a non-negative number centred at (`x`, `y`), magnified by `scale`.
  package mutating func draw(_ number: Int, x: Int, y: Int, scale: Int, color: Color) {
    var left = x - Digits.width(of: number) * scale / 2
    let top = y - Digits.height * scale / 2
    for digit in String(number).utf8 where (0x30...0x39).contains(digit) {
      for (row, bits) in Digits.rows[Int(digit - 0x30)].enumerated() {
        for column in 0..<3 where bits >> (2 - column) & 1 == 1 {
          fill(
            x: left + column * scale, y: top + row * scale, width: scale, height: scale,
            with: color)
        }
      }
      left += 4 * scale
    }
  }
}
