/// Rasterises inked lines on a canvas of 28×28 pixels and fits the digit into it as MNIST does.
struct DigitRasteriser {
  /// A point of an inked line: its position in pixels and half the line width there.
  typealias Dot = SIMD3<Float>

  private static let side = Digits.width
  /// The side of the box that digits are fitted into.
  private static let box: Float = 20
  private static let dry: Float = -100

  /// Each pixel's depth inside the ink, in pixels; negative outside.
  private var depth = [Float](repeating: dry, count: side * side)

  /// Draws `lines` into `image`, scaled so that the digit's longer side is 20 pixels, centred by its centre
  /// of mass, and with rough edges.
  mutating func draw(
    _ lines: [[Dot]], softness: Float, draws: inout DigitDraws,
    into image: UnsafeMutablePointer<UInt8>
  ) {
    for index in depth.indices { depth[index] = Self.dry }
    let fit = Self.fit(lines, halo: softness * 0.7)
    for line in lines {
      var from = line[0]
      from.x = from.x * fit.z + fit.x
      from.y = from.y * fit.z + fit.y
      for var to in line.dropFirst() {
        to.x = to.x * fit.z + fit.x
        to.y = to.y * fit.z + fit.y
        stamp(from, to, softness: softness)
        from = to
      }
    }
    develop(softness: softness, draws: &draws, into: image)
  }

  /// The shift (x, y) and the scale (z) that fit the digit into the centre box.
  private static func fit(_ lines: [[Dot]], halo: Float) -> SIMD3<Float> {
    var bare = bounds(of: lines, scale: 1, halo: nil)
    let extent = max(bare.z - bare.x, bare.w - bare.y, 1e-3)
    var scale = (box - 3) / extent
    for _ in 0..<2 {
      bare = bounds(of: lines, scale: scale, halo: halo)
      scale += (box - max(bare.z - bare.x, bare.w - bare.y)) / extent
    }
    bare = bounds(of: lines, scale: scale, halo: halo)
    let middle = Float(side) * 0.5
    return SIMD3(middle - (bare.x + bare.z) * 0.5, middle - (bare.y + bare.w) * 0.5, scale)
  }

  /// Left, top, right and bottom of the digit at `scale`: of its ink including `halo`, or of the bare lines
  /// if it is `nil`.
  private static func bounds(of lines: [[Dot]], scale: Float, halo: Float?) -> SIMD4<Float> {
    var edges = SIMD4<Float>(1e6, 1e6, -1e6, -1e6)
    for line in lines {
      for dot in line {
        let radius = halo.map { dot.z + $0 } ?? 0
        edges.x = min(edges.x, dot.x * scale - radius)
        edges.y = min(edges.y, dot.y * scale - radius)
        edges.z = max(edges.z, dot.x * scale + radius)
        edges.w = max(edges.w, dot.y * scale + radius)
      }
    }
    return edges
  }

  /// Inks the line segment from `from` to `to`.
  private mutating func stamp(_ from: Dot, _ to: Dot, softness: Float) {
    let reach = max(from.z, to.z) + softness
    let left = Self.pixel(min(from.x, to.x) - reach)
    let right = Self.pixel(max(from.x, to.x) + reach)
    let top = Self.pixel(min(from.y, to.y) - reach)
    let bottom = Self.pixel(max(from.y, to.y) + reach)
    let along = to - from
    let scale = 1 / max(along.x * along.x + along.y * along.y, 1e-8)
    depth.withUnsafeMutableBufferPointer { depth in
      for row in top...bottom {
        let y = Float(row) + 0.5 - from.y
        for column in left...right {
          let x = Float(column) + 0.5 - from.x
          let part = min(max((x * along.x + y * along.y) * scale, 0), 1)
          let offX = x - along.x * part
          let offY = y - along.y * part
          let inside = from.z + along.z * part - (offX * offX + offY * offY).squareRoot()
          let index = row * Self.side + column
          if inside > depth[index] { depth[index] = inside }
        }
      }
    }
  }

  /// The row or column that contains `coordinate`, clamped to the canvas.
  private static func pixel(_ coordinate: Float) -> Int {
    Int(min(max(coordinate, 0), Float(side - 1)))
  }

  /// Converts depths to grey levels and centres the image by its centre of mass.
  private func develop(
    softness: Float, draws: inout DigitDraws, into image: UnsafeMutablePointer<UInt8>
  ) {
    let ink = draws.within(252.5, 255.4).rounded(.down)
    let roughness = draws.within(0.1, 0.7)
    var grey = [UInt8](repeating: 0, count: depth.count)
    var mass = 0
    var massX = 0
    var massY = 0
    let slope = 1 / (2 * softness)
    for row in 0..<Self.side {
      for column in 0..<Self.side {
        let index = row * Self.side + column
        var inside = depth[index]
        guard inside > -softness else { continue }
        if inside < softness + 0.5 { inside += (draws.unit() - 0.5) * roughness }
        let cover = min(max((inside + softness) * slope, 0), 1)
        let level = Int(cover * ink + 0.5)
        grey[index] = UInt8(level)
        mass += level
        massX += level * column
        massY += level * row
      }
    }
    let shiftX = Self.shift(massX, mass)
    let shiftY = Self.shift(massY, mass)
    for row in 0..<Self.side {
      for column in 0..<Self.side {
        let fromRow = row - shiftY
        let fromColumn = column - shiftX
        let isOnCanvas =
          fromRow >= 0 && fromRow < Self.side && fromColumn >= 0 && fromColumn < Self.side
        image[row * Self.side + column] = isOnCanvas ? grey[fromRow * Self.side + fromColumn] : 0
      }
    }
  }

  /// The shift in whole pixels from the centre of mass to index 14, MNIST's convention (half a pixel right of
  /// and below the centre); at most 4, the margin around the box.
  private static func shift(_ moment: Int, _ mass: Int) -> Int {
    let offset = Float(side / 2) - Float(moment) / Float(max(mass, 1))
    return min(max(Int(offset.rounded()), -4), 4)
  }
}
