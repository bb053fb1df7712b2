/// An RGB image with 8 bits per channel.
package struct PixelImage: Sendable, Equatable {
  package struct Color: Sendable, Equatable {
    package let red: UInt8
    package let green: UInt8
    package let blue: UInt8

    /// Creates a colour from `0xRRGGBB`.
    package init(_ rgb: UInt32) {
      red = UInt8(truncatingIfNeeded: rgb >> 16)
      green = UInt8(truncatingIfNeeded: rgb >> 8)
      blue = UInt8(truncatingIfNeeded: rgb)
    }

    package init(red: UInt8, green: UInt8, blue: UInt8) {
      self.red = red
      self.green = green
      self.blue = blue
    }
  }

  package let width: Int
  package let height: Int
  /// Three bytes per pixel, in rows from the top.
  package private(set) var bytes: [UInt8]

  /// Creates an image of a single colour. Both sides must be at least 1.
  package init(width: Int, height: Int, fill: Color) {
    precondition(width > 0 && height > 0)
    self.width = width
    self.height = height
    bytes = []
    bytes.reserveCapacity(3 * width * height)
    for _ in 0..<(width * height) { bytes += [fill.red, fill.green, fill.blue] }
  }

  /// Creates an image from planar channels, as data sets store them: grey for a single channel, otherwise the
  /// first three channels as red, green and blue.
  ///
  /// - Returns: `nil` if the number of bytes does not match.
  package init?(planar pixels: [UInt8], width: Int, height: Int, channels: Int) {
    let (size, overflows) = width.multipliedReportingOverflow(by: height)
    guard width > 0, height > 0, channels > 0, !overflows, pixels.count % size == 0,
      pixels.count / size == channels
    else { return nil }
    self.init(width: width, height: height, fill: Color(0))
    for pixel in 0..<size {
      for channel in 0..<3 {
        bytes[3 * pixel + channel] = pixels[(channels < 3 ? 0 : channel) * size + pixel]
      }
    }
  }

  /// The pixels channel by channel, [3, height, width].
  package var planarBytes: [UInt8] {
    (0..<3).flatMap { channel in
      stride(from: channel, to: bytes.count, by: 3).map { bytes[$0] }
    }
  }

  package subscript(x: Int, y: Int) -> Color {
    get {
      let start = 3 * (y * width + x)
      return Color(red: bytes[start], green: bytes[start + 1], blue: bytes[start + 2])
    }
    set {
      let start = 3 * (y * width + x)
      bytes[start] = newValue.red
      bytes[start + 1] = newValue.green
      bytes[start + 2] = newValue.blue
    }
  }

  /// Fills a rectangle, clipped to the image.
  package mutating func fill(
    x: Int, y: Int, width: Int, height: Int, with color: Color
  ) {
    let rows = max(0, y)..<max(0, y, min(self.height, y + height))
    let columns = max(0, x)..<max(0, x, min(self.width, x + width))
    for row in rows {
      for column in columns { self[column, row] = color }
    }
  }

  /// Downscales the image by averaging, so that neither side exceeds `limit`.
  package func shrunk(to limit: Int) -> PixelImage {
    let longest = max(width, height)
    guard limit > 0, longest > limit else { return self }
    let newWidth = max(1, width * limit / longest)
    let newHeight = max(1, height * limit / longest)
    var result = PixelImage(width: newWidth, height: newHeight, fill: Color(0))
    for y in 0..<newHeight {
      let rows = (y * height / newHeight)..<((y + 1) * height / newHeight)
      for x in 0..<newWidth {
        let columns = (x * width / newWidth)..<((x + 1) * width / newWidth)
        for channel in 0..<3 {
          var sum = 0
          for row in rows {
            for column in columns { sum += Int(bytes[3 * (row * width + column) + channel]) }
          }
          let count = rows.count * columns.count
          result.bytes[3 * (y * newWidth + x) + channel] = UInt8((sum + count / 2) / count)
        }
      }
    }
    return result
  }
}
