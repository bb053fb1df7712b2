import Figures
import PNGImage

/// An example's image as in the data set, with lines of text about it.
package struct NotablePicture: Sendable {
  package var pixels: [UInt8]
  package var width: Int
  package var height: Int
  package var channels: Int
  package var lines: [String]

  /// Pixels are planar: channel by channel, each in row-major order.
  package init(pixels: [UInt8], width: Int, height: Int, channels: Int, lines: [String]) {
    self.pixels = pixels
    self.width = width
    self.height = height
    self.channels = channels
    self.lines = lines
  }
}

/// A sheet of images of the examples to look at first, such as the worst mistakes.
enum NotablePlot {
  static let name = "mistakes"

  static func drawing(_ pictures: [NotablePicture], title: String, runName: String) -> Drawing {
    let tiles = pictures.prefix(Plots.notableShown).compactMap { example in
      PixelImage(
        planar: example.pixels, width: example.width, height: example.height,
        channels: example.channels
      ).map { PictureSheet.Tile(picture: $0, lines: example.lines) }
    }
    guard !tiles.isEmpty else { return .skipped(name: Self.name, reason: "no images were given") }
    // Wide pictures, such as an answer beside the truth, get twice the room.
    let areWide = tiles.allSatisfy { 2 * $0.picture.width > 3 * $0.picture.height }
    let sheet = PictureSheet(
      name: Self.name, title: title, more: runName, tiles: tiles, columns: areWide ? 3 : 6,
      pictureSize: areWide ? 210 : 96, gap: 18)
    return .figure(sheet.figure())
  }
}
