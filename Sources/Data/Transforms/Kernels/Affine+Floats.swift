/// torchvision's affine transformation of float tensors: `grid_sample` with zeros outside, where a mask that
/// is sampled along with the image gives the share of fill in a pixel.
enum FloatAffine {
  /// - Parameters:
  ///   - matrix: from the output to the input, both relative to their centres.
  ///   - fill: the value of each channel outside the input.
  static func apply(
    _ input: Pixels, _ output: Pixels, matrix: AffineMatrix, isBilinear: Bool, fill: [Float]
  ) {
    let type = input.type
    let grid = Grid(matrix, height: type.height, width: type.width)
    for row in 0..<type.height {
      for column in 0..<type.width {
        let (x, y) = grid.place(column: column, row: row)
        let place = row * type.width + column
        if isBilinear {
          bilinear(input, output, x, y, place, fill)
        } else {
          nearest(input, output, x, y, place, fill)
        }
      }
    }
  }

  /// Positions in the input, with the arithmetic of `_gen_affine_grid` and `grid_sample`.
  private struct Grid {
    let left: Float
    let top: Float
    let width: Float
    let height: Float
    let x: SIMD3<Float>
    let y: SIMD3<Float>

    init(_ m: AffineMatrix, height: Int, width: Int) {
      self.width = Float(width)
      self.height = Float(height)
      left = -self.width * 0.5 + 0.5
      top = -self.height * 0.5 + 0.5
      x = SIMD3(Float(m.a), Float(m.b), Float(m.c)) / (0.5 * self.width)
      y = SIMD3(Float(m.d), Float(m.e), Float(m.f)) / (0.5 * self.height)
    }

    @inline(__always)
    func place(column: Int, row: Int) -> (x: Float, y: Float) {
      let outX = left + Float(column)
      let outY = top + Float(row)
      let gridX = outX * x.x + outY * x.y + x.z
      let gridY = outX * y.x + outY * y.y + y.z
      return (((gridX + 1) * width - 1) / 2, ((gridY + 1) * height - 1) / 2)
    }
  }

  /// The value of the pixel nearest to (`x`, `y`), written at `place` of each channel.
  @inline(__always)
  static func nearest(
    _ input: Pixels, _ output: Pixels, _ x: Float, _ y: Float, _ place: Int, _ fill: [Float]
  ) {
    let type = input.type
    let column = x.rounded(.toNearestOrEven)
    let row = y.rounded(.toNearestOrEven)
    let isInside =
      column >= 0 && column < Float(type.width) && row >= 0 && row < Float(type.height)
    for channel in 0..<type.channels {
      let plane = channel * type.planeCount
      output.floats[plane + place] =
        isInside ? input.floats[plane + Int(row) * type.width + Int(column)] : fill[channel]
    }
  }

  /// The value between four neighbours of (`x`, `y`), written at `place` of each channel.
  @inline(__always)
  static func bilinear(
    _ input: Pixels, _ output: Pixels, _ x: Float, _ y: Float, _ place: Int, _ fill: [Float]
  ) {
    let type = input.type
    let isNear =
      x > -1 && x < Float(type.width) && y > -1 && y < Float(type.height)
    if !isNear {
      for channel in 0..<type.channels {
        output.floats[channel * type.planeCount + place] = fill[channel]
      }
      return
    }
    let left = Int(x.rounded(.down))
    let top = Int(y.rounded(.down))
    let shareX = x - Float(left)
    let shareY = y - Float(top)
    let hasLeft = left >= 0
    let hasRight = left + 1 < type.width
    let hasTop = top >= 0
    let hasBottom = top + 1 < type.height
    let weights = SIMD4<Float>(
      hasTop && hasLeft ? (1 - shareX) * (1 - shareY) : 0,
      hasTop && hasRight ? shareX * (1 - shareY) : 0,
      hasBottom && hasLeft ? (1 - shareX) * shareY : 0,
      hasBottom && hasRight ? shareX * shareY : 0)
    let mask = weights.sum()
    let x0 = max(left, 0)
    let x1 = min(left + 1, type.width - 1)
    let upper = max(top, 0) * type.width
    let lower = min(top + 1, type.height - 1) * type.width
    for channel in 0..<type.channels {
      let plane = input.floats + channel * type.planeCount
      let values = SIMD4<Float>(
        plane[upper + x0], plane[upper + x1], plane[lower + x0], plane[lower + x1])
      output.floats[channel * type.planeCount + place] =
        (values * weights).sum() * mask + (1 - mask) * fill[channel]
    }
  }
}
