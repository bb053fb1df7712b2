/// An EXIF orientation: the transformation that makes an image upright.
package enum ImageOrientation: Int, Sendable, CaseIterable {
  case upright = 1
  case mirrored, turnedAround, upsideDown, transposed, turnedLeft, transverse, turnedRight

  /// Whether height and width are swapped.
  var swapsSides: Bool { rawValue >= ImageOrientation.transposed.rawValue }
}

extension DecodedImage {
  /// Rotates and mirrors the image like Pillow's `ImageOps.exif_transpose`.
  func upright(_ orientation: ImageOrientation) -> DecodedImage {
    if orientation == .upright { return self }
    let (oldHeight, oldWidth) = (height, width)
    let (newHeight, newWidth) = orientation.swapsSides ? (width, height) : (height, width)
    // The source position of the first pixel, and the steps in the source per row and per column.
    let (lastRow, lastColumn) = ((oldHeight - 1) * oldWidth, oldWidth - 1)
    let (first, row, column) =
      switch orientation {
      case .upright: (0, oldWidth, 1)
      case .mirrored: (lastColumn, oldWidth, -1)
      case .turnedAround: (lastRow + lastColumn, -oldWidth, -1)
      case .upsideDown: (lastRow, -oldWidth, 1)
      case .transposed: (0, 1, oldWidth)
      case .turnedLeft: (lastRow, 1, -oldWidth)
      case .transverse: (lastRow + lastColumn, -1, -oldWidth)
      case .turnedRight: (lastColumn, -1, oldWidth)
      }
    let channels = channels
    let turned = [UInt8](unsafeUninitializedCapacity: bytes.count) { target, filled in
      bytes.withUnsafeBufferPointer { source in
        var place = 0
        for y in 0..<newHeight {
          var from = first + y * row
          for _ in 0..<newWidth {
            for channel in 0..<channels {
              target[place + channel] = source[channels * from + channel]
            }
            place += channels
            from += column
          }
        }
      }
      filled = bytes.count
    }
    return DecodedImage(
      channels: channels, height: newHeight, width: newWidth, bytes: turned, traits: traits)
  }
}
