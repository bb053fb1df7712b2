import PNGImage

/// A grid of pictures, each with a few lines of text below.
package struct PictureSheet {
  package struct Tile {
    package let picture: PixelImage
    package var lines: [String] = []

    package init(picture: PixelImage, lines: [String] = []) {
      self.picture = picture
      self.lines = lines
    }
  }

  package let name: String
  package let title: String
  package let more: String
  package let tiles: [Tile]
  package let columns: Int
  /// The longer side of each picture in pixels.
  package let pictureSize: Int
  package let gap: Int

  package init(
    name: String, title: String, more: String, tiles: [Tile], columns: Int, pictureSize: Int,
    gap: Int
  ) {
    self.name = name
    self.title = title
    self.more = more
    self.tiles = tiles
    self.columns = columns
    self.pictureSize = pictureSize
    self.gap = gap
  }

  /// The drawn height, if the longer side is ``pictureSize``.
  private func drawnHeight(_ picture: PixelImage) -> Int {
    (pictureSize * picture.height + max(picture.width, picture.height) - 1)
      / max(picture.width, picture.height, 1)
  }

  package func figure() -> Figure {
    let lines = tiles.map(\.lines.count).max() ?? 0
    let below = lines == 0 ? 0 : 15 * lines + 6
    let rows = (tiles.count + columns - 1) / columns
    let width = max(16 + columns * (pictureSize + gap), 480)
    let tallest = tiles.map { drawnHeight($0.picture) }.max() ?? pictureSize
    let height = 64 + rows * (tallest + gap + below)
    var figure = Figure(name, title: title, width: width, height: height)
    figure.commands += figure.titleCommands(more)
    figure.commands += figure.margins(left: 0, top: 0, right: width, bottom: height)
    figure.commands += [
      "unset key", "unset grid", "unset border", "unset tics", "set xrange [0:\(width)]",
      "set yrange [0:\(height)]",
    ]
    var plots: [String] = []
    for (number, tile) in tiles.enumerated() {
      let x = 16 + number % columns * (pictureSize + gap)
      let top = 60 + number / columns * (tallest + gap + below)
      let picture = tile.picture.shrunk(to: Style.pngScale * pictureSize)
      let file = "\(name)-\(number).rgb"
      figure.files[file] = picture.bytes
      let pixel = Double(pictureSize) / Double(max(picture.width, picture.height))
      // The centre of the first pixel, from the bottom left.
      plots.append(
        "'\(file)' binary array=(\(picture.width),\(picture.height)) format='%uchar' flipy "
          + "origin=(\(Double(x) + pixel / 2),"
          + "\(Double(height - top) - pixel * (Double(picture.height) - 0.5))) "
          + "dx=\(pixel) dy=\(pixel) using 1:2:3 with rgbimage")
      for (line, text) in tile.lines.enumerated() {
        figure.commands.append(
          "set label \(GnuplotText.quoted(text, limit: 24)) at "
            + "\(x),\(height - top - tallest - 12 - 15 * line) left "
            + "font ',\(Style.smallSize)' tc rgb '\(Style.ink)'")
      }
    }
    figure.commands.append("plot " + plots.joined(separator: ", "))
    return figure
  }
}
