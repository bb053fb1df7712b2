import Figures
import Files
import PNGImage
import Weights

/// The weights of the first layer as images, if they can be shown as such: those of a 2-D
/// convolution, or of a linear layer over the pixels of a square image.
enum FiltersPlot {
  static let name = "first_layer"
  static let shown = 32

  static func drawing(_ file: StateDictFile, runName: String) throws(FileError) -> Drawing {
    guard let tensor = file.tensors.first(where: { $0.type == "F32" && $0.shape.count >= 2 }),
      let shape = pictureShape(tensor.shape)
    else {
      return .skipped(name: name, reason: "the weights of the first layer are not images")
    }
    let values = floats(try file.entries(named: [tensor.name]).flatMap(\.bytes))
    let size = shape.channels * shape.height * shape.width
    let count = min(tensor.shape[0], shown)
    guard count > 0, values.count >= count * size, values.allSatisfy(\.isFinite) else {
      return .skipped(name: name, reason: "the weights of the first layer are not all finite")
    }
    let isColored = shape.channels == 3
    // One scale for the whole sheet, with 0 as mid-grey. Scaling by the largest of a few thousand
    // weights would leave the others without contrast.
    let magnitudes = values.prefix(count * size).map(abs).sorted()
    let most = max(magnitudes[(magnitudes.count - 1) * 995 / 1000], .leastNormalMagnitude)
    let tiles = (0..<count).compactMap { index in
      let start = index * size
      let bytes = values[start..<(start + (isColored ? size : shape.height * shape.width))]
        .map { UInt8(max(0, min(255, (127.5 * (1 + $0 / most)).rounded()))) }
      return PixelImage(
        planar: bytes, width: shape.width, height: shape.height, channels: isColored ? 3 : 1
      ).map { PictureSheet.Tile(picture: $0) }
    }
    let all = tensor.shape[0]
    let which = count < all ? "the first \(count) of \(all)" : "all \(all)"
    let channel = shape.channels > 1 && !isColored ? ", first channel" : ""
    let sheet = PictureSheet(
      name: name, title: "Weights of the first layer",
      more:
        "\(runName): \(tensor.name), \(which)\(channel); black is negative, grey 0, white positive",
      tiles: tiles, columns: 8, pictureSize: 76, gap: 8)
    return .figure(sheet.figure())
  }

  private static func pictureShape(
    _ shape: [Int]
  ) -> (channels: Int, height: Int, width: Int)? {
    guard shape.allSatisfy({ $0 > 0 }) else { return nil }
    if shape.count == 4 {
      return shape[2] > 1 && shape[3] > 1 ? (shape[1], shape[2], shape[3]) : nil
    }
    guard shape.count == 2 else { return nil }
    for channels in [1, 3] where shape[1] % channels == 0 {
      let side = Int(Double(shape[1] / channels).squareRoot().rounded())
      // A few columns of a table are not an image.
      if side >= 8, side * side * channels == shape[1] { return (channels, side, side) }
    }
    return nil
  }

  /// Decodes little-endian 32-bit floats.
  private static func floats(_ bytes: [UInt8]) -> [Float] {
    bytes.withUnsafeBytes { buffer in
      (0..<(buffer.count / 4)).map {
        Float(
          bitPattern: UInt32(
            littleEndian: buffer.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      }
    }
  }
}
