import Randomness
import Testing

@testable import Prediction

/// Large images in tiles.
@Suite struct TileTests {
  @Test(arguments: [
    (100, 100, 32, 8), (33, 70, 32, 16), (32, 32, 32, 0), (20, 90, 32, 10), (5, 7, 8, 4),
    (97, 64, 16, 5), (64, 64, 1, 0),
  ])
  func tilesCoverTheImage(height: Int, width: Int, size: Int, overlap: Int) {
    let grid = TileGrid(height: height, width: width, size: size, overlap: overlap)
    for (starts, length) in [
      (grid.rows, grid.coveredHeight), (grid.columns, grid.coveredWidth),
    ] {
      #expect(starts.first == 0)
      #expect(starts.last == length - size)
      for (first, second) in zip(starts, starts.dropFirst()) {
        #expect(second > first && first + size - second >= overlap)
      }
      for start in starts {
        let weights = grid.weights(start, among: starts)
        #expect(weights.allSatisfy { $0 > 0 && $0 <= 1 })
        // At the edge of the image there is nothing to blend with.
        if start == 0 { #expect(weights[0] == 1) }
        if start == length - size { #expect(weights[size - 1] == 1) }
      }
    }
  }

  /// Away from the last tile, which overlaps more, the weights of neighbours add up to 1.
  @Test func neighboursAddUpToOne() {
    let grid = TileGrid(height: 8, width: 8 + 3 * 6, size: 8, overlap: 2)
    var sums = [Double](repeating: 0, count: grid.coveredWidth)
    for start in grid.columns {
      for (place, weight) in grid.weights(start, among: grid.columns).enumerated() {
        sums[start + place] += weight
      }
    }
    #expect(grid.columns == [0, 6, 12, 18])
    #expect(sums.allSatisfy { abs($0 - 1) < 1e-12 })
  }

  @Test func pixelsOutsideAreTheNearest() {
    let grid = TileGrid(height: 2, width: 3, size: 4, overlap: 0)
    let pixels: [UInt8] = [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16]
    #expect(
      grid.cut(grid.tiles[0], from: pixels[...], channels: 2) == [
        1, 2, 3, 3, 4, 5, 6, 6, 4, 5, 6, 6, 4, 5, 6, 6,
        11, 12, 13, 13, 14, 15, 16, 16, 14, 15, 16, 16, 14, 15, 16, 16,
      ])
    let wide = TileGrid(height: 2, width: 3, size: 2, overlap: 1)
    #expect(wide.tiles.map(\.column) == [0, 1])
    #expect(
      wide.cut(wide.tiles[1], from: pixels[...], channels: 2) == [2, 3, 5, 6, 12, 13, 15, 16])
  }

  private func probabilities(_ tile: Int, _ count: Int) -> [Float] {
    let stream = RandomStream(seed: 3, purpose: .initialization, step: tile)
    return (0..<count).map { Float(stream.uniform($0)) }
  }

  /// The classes by sums in double precision.
  private func expected(_ grid: TileGrid, classes: Int) -> [UInt8] {
    var sums = [Double](repeating: 0, count: grid.height * grid.width * classes)
    for (number, tile) in grid.tiles.enumerated() {
      let values = probabilities(number, classes * grid.size * grid.size)
      let rows = grid.weights(tile.row, among: grid.rows)
      let columns = grid.weights(tile.column, among: grid.columns)
      for y in 0..<grid.size where tile.row + y < grid.height {
        for x in 0..<grid.size where tile.column + x < grid.width {
          for c in 0..<classes {
            sums[((tile.row + y) * grid.width + tile.column + x) * classes + c] +=
              rows[y] * columns[x] * Double(values[(c * grid.size + y) * grid.size + x])
          }
        }
      }
    }
    return (0..<grid.height * grid.width).map { place in
      let own = sums[place * classes..<(place + 1) * classes]
      return UInt8((own.firstIndex(of: own.max() ?? 0) ?? own.startIndex) - own.startIndex)
    }
  }

  @Test(arguments: [(40, 50, 16, 4), (9, 30, 16, 8), (16, 16, 16, 0), (37, 23, 12, 6)])
  func theOrderOfTilesDoesNotMatter(height: Int, width: Int, size: Int, overlap: Int) {
    let grid = TileGrid(height: height, width: width, size: size, overlap: overlap)
    let classes = 3
    let tiles = Array(grid.tiles.enumerated())
    func map(_ order: [(offset: Int, element: TileGrid.Tile)]) -> [UInt8] {
      var blending = TileBlending(grid, classes: classes, rows: grid.coveredHeight)
      for (number, tile) in order {
        blending.add(probabilities(number, classes * size * size), of: tile)
      }
      blending.finish(above: grid.coveredHeight)
      return blending.classMap
    }
    let whole = map(tiles)
    #expect(whole == expected(grid, classes: classes))
    #expect(map(tiles.reversed()) == whole)
    for seed in 0..<5 {
      var generator = SplitMix(state: UInt64(seed))
      #expect(map(tiles.shuffled(using: &generator)) == whole)
    }
    // Row by row, with only the rows of one tile in memory.
    var blending = TileBlending(grid, classes: classes, rows: size)
    for row in grid.rows {
      blending.finish(above: row)
      for (number, tile) in tiles where tile.row == row {
        blending.add(probabilities(number, classes * size * size), of: tile)
      }
    }
    blending.finish(above: grid.coveredHeight)
    #expect(blending.classMap == whole)
  }

  /// Tiles that say the same of a pixel give what one answer for the whole image does.
  @Test func agreeingTilesGiveTheAnswerForTheWhole() {
    let grid = TileGrid(height: 30, width: 41, size: 16, overlap: 5)
    let classes = 4
    func value(_ y: Int, _ x: Int, _ c: Int) -> Float {
      Float((y * 7 + x * 13 + c * 29) % 31) / 31
    }
    var blending = TileBlending(grid, classes: classes, rows: grid.coveredHeight)
    for tile in grid.tiles {
      let values = (0..<classes).flatMap { c in
        (0..<16).flatMap { y in (0..<16).map { value(tile.row + y, tile.column + $0, c) } }
      }
      blending.add(values, of: tile)
    }
    blending.finish(above: grid.coveredHeight)
    let whole = (0..<30 * 41).map { place in
      let values = (0..<classes).map { value(place / 41, place % 41, $0) }
      return UInt8(values.firstIndex(of: values.max() ?? 0) ?? 0)
    }
    #expect(blending.classMap == whole)
  }

  private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }
}
