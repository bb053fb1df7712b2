import DataSchema
import PNGImage
import RunRecord

/// Small pictures of the points of a map as one, of which style sheets show a part.
package struct ThumbnailSheet {
  /// The longer side of a picture in pixels.
  static let side = 32

  /// The points with a picture, row by row of the sheet, ``ExampleMap/pictureColumns`` side by side.
  package let rows: [Int]
  package let image: PixelImage

  /// Takes pictures of wrong predictions first, then of the others in equal steps.
  ///
  /// - Parameter most: the most pictures.
  /// - Returns: `nil` if the examples have no pictures.
  package init?(_ map: ExampleMap, _ source: any ExampleSource, most: Int) throws {
    guard source.schema.largestImage != nil else { return nil }
    let wrong = map.points.indices.filter { map.points[$0].isWrong == true }.prefix(most)
    let others = map.points.indices.filter { map.points[$0].isWrong != true }
    let room = min(most - wrong.count, others.count)
    var pictures: [Int: PixelImage] = [:]
    for row in Array(wrong) + (0..<room).map({ others[$0 * others.count / room] }) {
      let found = try source.pictures([map.points[row].index])
      let size = found.sizes[0]
      pictures[row] = PixelImage(
        planar: found.bytes, width: size.width, height: size.height, channels: size.channels)
    }
    self.init(pictures)
  }

  /// - Parameter pictures: by their row in the map.
  /// - Returns: `nil` without pictures.
  init?(_ pictures: [Int: PixelImage]) {
    if pictures.isEmpty { return nil }
    let side = Self.side
    let columns = ExampleMap.pictureColumns
    rows = pictures.keys.sorted()
    var sheet = PixelImage(
      width: min(columns, rows.count) * side, height: (rows.count + columns - 1) / columns * side,
      fill: PixelImage.Color(0xFFFFFF))
    for (place, row) in rows.enumerated() {
      guard let picture = pictures[row]?.shrunk(to: side) else { continue }
      let (left, top) = (
        place % columns * side + (side - picture.width) / 2,
        place / columns * side + (side - picture.height) / 2
      )
      for y in 0..<picture.height {
        for x in 0..<picture.width { sheet[left + x, top + y] = picture[x, y] }
      }
    }
    image = sheet
  }
}
