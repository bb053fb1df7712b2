import DataSchema

/// The squares in which a large image is answered: as many as cover it, each overlapping its neighbours.
package struct TileGrid: Sendable, Equatable {
  /// One square, by its upper left pixel.
  package struct Tile: Sendable, Hashable {
    package let row: Int
    package let column: Int
  }

  /// Of the image, in pixels.
  package let height: Int
  /// Of the image, in pixels.
  package let width: Int
  /// The side of a tile in pixels.
  package let size: Int
  /// The pixels that neighbours share at least.
  package let overlap: Int
  /// The first row of each row of tiles, from the top.
  package let rows: [Int]
  /// The first column of each column of tiles, from the left.
  package let columns: [Int]

  /// - Precondition: `overlap` is not negative and at most half of `size`, which is positive.
  package init(height: Int, width: Int, size: Int, overlap: Int) {
    precondition(size > 0 && overlap >= 0 && 2 * overlap <= size)
    (self.height, self.width, self.size, self.overlap) = (height, width, size, overlap)
    func starts(_ length: Int) -> [Int] {
      if length <= size { return [0] }
      let steps = (length - overlap + size - overlap - 1) / (size - overlap)
      // The last tile ends where the image does.
      return (0..<steps).map { min($0 * (size - overlap), length - size) }
    }
    rows = starts(height)
    columns = starts(width)
  }

  package var tiles: [Tile] {
    rows.flatMap { row in columns.map { Tile(row: row, column: $0) } }
  }

  /// The size of what the tiles cover: the image, or a tile if that is larger.
  package var coveredHeight: Int { max(height, size) }
  package var coveredWidth: Int { max(width, size) }

  /// The pixels of a tile, [channels, size, size]. Outside of the image its nearest pixels are repeated.
  ///
  /// - Parameter pixels: of the image, [channels, height, width].
  package func cut(_ tile: Tile, from pixels: ArraySlice<UInt8>, channels: Int) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(channels * size * size)
    for channel in 0..<channels {
      for y in tile.row..<tile.row + size {
        let start = pixels.startIndex + (channel * height + min(y, height - 1)) * width
        let end = min(tile.column + size, width)
        result += pixels[(start + tile.column)..<(start + end)]
        if end < tile.column + size {
          result += repeatElement(pixels[start + width - 1], count: tile.column + size - end)
        }
      }
    }
    return result
  }

  /// How much each row or column of a tile counts: 1, and where it overlaps a neighbour, linearly less towards its
  /// edge, so that the weights of two neighbours add up to 1.
  ///
  /// - Parameters:
  ///   - start: the tile's first row or column.
  ///   - all: those of all tiles.
  func weights(_ start: Int, among all: [Int]) -> [Double] {
    (0..<size).map { place in
      var weight = 1.0
      if start != all.first { weight = min(weight, Double(place + 1) / Double(overlap + 1)) }
      if start != all.last { weight = min(weight, Double(size - place) / Double(overlap + 1)) }
      return weight
    }
  }
}
