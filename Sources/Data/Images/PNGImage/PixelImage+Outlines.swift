extension PixelImage.Color {
  /// The colour of a class in masks and pictures: Pascal VOC's, which other programs show too, shifted by one so that
  /// the first class is not black. In VOC's colour map, bits of the number, from the lowest, fill the channels from
  /// the highest bit.
  package init(class number: Int) {
    var (red, green, blue) = (0, 0, 0)
    var rest = number + 1
    for bit in stride(from: 7, through: 0, by: -1) {
      red |= (rest & 1) << bit
      green |= (rest >> 1 & 1) << bit
      blue |= (rest >> 2 & 1) << bit
      rest >>= 3
    }
    self.init(red: UInt8(red), green: UInt8(green), blue: UInt8(blue))
  }

  /// `#rrggbb`.
  package var hex: String {
    "#"
      + [red, green, blue].map { String(256 + Int($0), radix: 16).dropFirst() }.joined()
  }
}

extension PixelImage {
  /// Draws the outline of a rectangle, clipped to the image, with a dark line around it so that it shows on every
  /// background.
  ///
  /// - Parameters:
  ///   - edges: left, upper, right and lower edge in pixels.
  ///   - thickness: of the coloured line, in pixels.
  package mutating func outline(
    _ edges: (left: Double, top: Double, right: Double, bottom: Double), thickness: Int = 2,
    color: Color
  ) {
    let (left, top) = (Int(edges.left.rounded()), Int(edges.top.rounded()))
    let right = max(left + 1, Int(edges.right.rounded()))
    let bottom = max(top + 1, Int(edges.bottom.rounded()))
    frame(left - 1, top - 1, right + 1, bottom + 1, 1, Color(0x101010))
    frame(left, top, right, bottom, thickness, color)
  }

  private mutating func frame(
    _ left: Int, _ top: Int, _ right: Int, _ bottom: Int, _ thickness: Int, _ color: Color
  ) {
    let (width, height) = (right - left, bottom - top)
    fill(x: left, y: top, width: width, height: thickness, with: color)
    fill(x: left, y: bottom - thickness, width: width, height: thickness, with: color)
    fill(x: left, y: top, width: thickness, height: height, with: color)
    fill(x: right - thickness, y: top, width: thickness, height: height, with: color)
  }
}
