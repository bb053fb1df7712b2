import Figures
import PNGImage

/// An example as the data set has it, with what is to be said of it.
package struct NotablePicture: Sendable {
  package var pixels: [UInt8]
  package var width: Int
  package var height: Int
  package var channels: Int
  package var lines: [String]

  /// `pixels` lie channel after channel, each row after row, as in a data set.
  package init(pixels: [UInt8], width: Int, height: Int, channels: Int, lines: [String]) {
    self.pixels = pixels
    self.width = width
    self.height = height
    self.channels = channels
    self.lines = lines
  }
}

/// The examples that a person should look at first, such as the worst mistakes, as a sheet of pictures.
enum NotablePlot {
  static let name = "mistakes"

  static func drawing(_ pictures: [NotablePicture], title: String, runName: String) -> Drawing {
    let tiles = pictures.prefix(Plots.notableShown).compactMap { example in
      PixelImage(
        planar: example.pixels, width: example.width, height: example.height,
        channels: example.channels
      ).map { PictureSheet.Tile(picture: $0, lines: example.lines) }
    }
    guard !tiles.isEmpty else { return .skipped(name: Self.name, reason: "no pictures were given") }
    let sheet = PictureSheet(
      name: Self.name, title: title, more: runName, tiles: tiles, columns: 6, pictureSize: 96,
      gap: 18)
    return .figure(sheet.figure())
  }
}
