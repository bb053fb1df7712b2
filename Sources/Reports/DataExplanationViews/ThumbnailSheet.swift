import FoundationEssentials
import PNGImage

/// Many small pictures as one, of which style sheets show a part.
struct ThumbnailSheet {
  /// The longer side of a picture in pixels.
  static let side = 32

  let columns: Int
  let rows: Int
  /// As a `data:` address.
  let address: String
  /// Where each picture is.
  let spots: [Int: (column: Int, row: Int)]

  /// - Returns: `nil` without pictures.
  init?(_ pictures: [Int: PixelImage]) throws {
    if pictures.isEmpty { return nil }
    let side = Self.side
    columns = min(40, pictures.count)
    rows = (pictures.count + columns - 1) / columns
    var sheet = PixelImage(
      width: columns * side, height: rows * side, fill: PixelImage.Color(0xFFFFFF))
    var spots: [Int: (column: Int, row: Int)] = [:]
    for (place, item) in pictures.sorted(by: { $0.key < $1.key }).enumerated() {
      let (column, row) = (place % columns, place / columns)
      let picture = item.value.shrunk(to: side)
      let (left, top) = (
        column * side + (side - picture.width) / 2, row * side + (side - picture.height) / 2
      )
      for y in 0..<picture.height {
        for x in 0..<picture.width { sheet[left + x, top + y] = picture[x, y] }
      }
      spots[item.key] = (column, row)
    }
    self.spots = spots
    address = "data:image/png;base64," + Data(try sheet.png()).base64EncodedString()
  }
}
