/// Adds up what tiles say about the classes of pixels, each weighted by its ``TileGrid``, and decides for the class with
/// the largest sum; of equal sums for the first.
///
/// Sums are integers, in units of 2⁻²⁴, so the result does not depend on the order of the tiles, to the byte. Only
/// the rows that are still open are in memory.
package struct TileBlending: Sendable {
  private static let unit = Double(1 << 24)

  private let grid: TileGrid
  private let classes: Int
  /// The number of rows that can be open.
  private let capacity: Int
  /// The first open row.
  private var top = 0
  /// [rows, columns, classes].
  private var sums: [UInt32]
  /// The classes of the finished rows.
  private var map: [UInt8] = []

  /// - Parameter rows: how many rows can be open: those of one tile, if tiles are added row by row, or of the whole
  ///   covered image.
  package init(_ grid: TileGrid, classes: Int, rows: Int) {
    self.grid = grid
    self.classes = classes
    capacity = rows
    sums = Array(repeating: 0, count: rows * grid.coveredWidth * classes)
  }

  /// - Parameter probabilities: of each class for each pixel of the tile, [classes, size, size].
  /// - Precondition: the rows of the tile are open.
  package mutating func add(_ probabilities: [Float], of tile: TileGrid.Tile) {
    let size = grid.size
    precondition(probabilities.count == classes * size * size)
    precondition(tile.row >= top && tile.row + size <= top + capacity)
    let (rows, columns) = (
      grid.weights(tile.row, among: grid.rows), grid.weights(tile.column, among: grid.columns)
    )
    let width = grid.coveredWidth
    probabilities.withUnsafeBufferPointer { probabilities in
      sums.withUnsafeMutableBufferPointer { sums in
        for y in 0..<size {
          for x in 0..<size {
            let weight = rows[y] * columns[x] * Self.unit
            let start = ((tile.row - top + y) * width + tile.column + x) * classes
            for number in 0..<classes {
              let value = Double(probabilities[(number * size + y) * size + x]) * weight
              // A model that diverged says nothing.
              if value.isFinite { sums[start + number] += UInt32(value.rounded()) }
            }
          }
        }
      }
    }
  }

  /// Decides the rows above `row`, to which no further tile may contribute, and opens as many below.
  package mutating func finish(above row: Int) {
    let width = grid.coveredWidth
    let count = row - top
    precondition(count >= 0 && count <= capacity)
    for y in 0..<count where top + y < grid.height {
      for x in 0..<grid.width {
        let start = (y * width + x) * classes
        var best = 0
        for number in 1..<max(classes, 1) where sums[start + number] > sums[start + best] {
          best = number
        }
        map.append(UInt8(best))
      }
    }
    sums.removeFirst(count * width * classes)
    sums += repeatElement(0, count: count * width * classes)
    top = row
  }

  /// The class of each pixel of the image, in rows, after all rows are finished.
  package var classMap: [UInt8] { map }
}
