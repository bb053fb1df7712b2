import CImages

/// Palette images compressed by run lengths: RLE8 and RLE4.
extension BMP {
  /// The pixels of a file of such an image, by the rules of Pillow: a run ends with its row, jumps are filled with
  /// index 0, and pixels that are missing at the end are an error.
  ///
  /// - Parameter bits: of an index, 4 or 8.
  /// - Precondition: the number of pixels has been checked.
  func expanded(_ file: [UInt8], bits: Int) throws(ImageFault) -> PixelBuffer {
    let indices = try indices(file, bits: bits)
    let channels = PixelBuffer.channels(layout)
    let (width, height, palette, isTopDown) = (width, height, palette, isTopDown)
    let bytes = [UInt8](unsafeUninitializedCapacity: width * height * channels) { target, filled in
      for y in 0..<height {
        let row = (isTopDown ? y : height - 1 - y) * width
        for x in 0..<width {
          let (place, index) = ((y * width + x) * channels, Int(indices[row + x]))
          for channel in 0..<channels {
            target[place + channel] = palette[index * channels + channel]
          }
        }
      }
      filled = width * height * channels
    }
    return PixelBuffer(width: width, height: height, layout: layout, bytes: bytes)
  }

  /// The index of each pixel, in the order of the file.
  private func indices(_ file: [UInt8], bits: Int) throws(ImageFault) -> [UInt8] {
    let count = width * height
    var indices: [UInt8] = []
    // As many as the file can hold in runs; jumps may add more.
    indices.reserveCapacity(min(count, 128 * file.count))
    var (place, column) = (start, 0)
    decoding: while indices.count < count, place + 1 < file.count {
      let (run, value) = (Int(file[place]), Int(file[place + 1]))
      place += 2
      switch (run, value) {
      case (1..., _):
        let length = min(run, max(0, width - column))
        for step in 0..<length {
          indices.append(
            UInt8(bits == 8 ? value : step % 2 == 0 ? value >> 4 : value & 15))
        }
        column += length
      case (_, 0):
        let missing = (width - indices.count % width) % width
        indices.append(contentsOf: repeatElement(0, count: missing))
        column = 0
      case (_, 1): break decoding
      case (_, 2):
        guard place + 1 < file.count else { break decoding }
        let jump = Int(file[place]) + Int(file[place + 1]) * width
        indices.append(contentsOf: repeatElement(0, count: min(count - indices.count, jump)))
        column = indices.count % width
        place += 2
      default:
        let wanted = min(count - indices.count, value)
        let stored = bits == 8 ? wanted : (wanted + 1) / 2
        guard stored <= file.count - place else { break decoding }
        for step in 0..<wanted {
          let byte = file[place + (bits == 8 ? step : step / 2)]
          indices.append(bits == 8 ? byte : step % 2 == 0 ? byte >> 4 : byte & 15)
        }
        column += value
        place += stored
        // The next pair begins at an even place of the file.
        place += place % 2
      }
    }
    guard indices.count >= count else { throw .cut }
    return indices
  }
}
