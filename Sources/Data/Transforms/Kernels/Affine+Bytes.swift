/// Pillow's `Image.transform(…, AFFINE)` on bytes, including its three implementations of nearest-neighbour
/// sampling.
enum ByteAffine {
  /// - Parameters:
  ///   - matrix: from the output to the input; the output has the input's size.
  ///   - fill: the value of each channel for positions outside the input.
  static func apply(
    _ input: Pixels, _ output: Pixels, matrix: AffineMatrix, isBilinear: Bool, fill: [Float]
  ) {
    let type = input.type
    for channel in 0..<type.channels {
      let source = Plane(
        input.bytes + channel * type.planeCount, height: type.height, width: type.width)
      let target = output.bytes + channel * type.planeCount
      target.update(repeating: UInt8(fill[channel]), count: type.planeCount)
      if isBilinear {
        bilinear(source, target, matrix)
      } else if matrix.b == 0, matrix.d == 0 {
        scaled(source, target, matrix)
      } else if fitsFixedPoint(source, matrix) {
        fixedPoint(source, target, matrix)
      } else {
        floatingPoint(source, target, matrix)
      }
    }
  }

  /// One channel.
  struct Plane {
    let base: UnsafePointer<UInt8>
    let height: Int
    let width: Int

    init(_ base: UnsafePointer<UInt8>, height: Int, width: Int) {
      self.base = base
      self.height = height
      self.width = width
    }

    /// The value at a position inside the plane, between four neighbours, with border pixels repeated outside.
    /// The result is truncated.
    @inline(__always)
    func interpolated(_ atX: Double, _ atY: Double) -> UInt8 {
      let x = atX - 0.5
      let y = atY - 0.5
      let left = Int(x.rounded(.down))
      let top = Int(y.rounded(.down))
      let shareX = x - Double(left)
      let shareY = y - Double(top)
      let x0 = max(left, 0)
      let x1 = min(left + 1, width - 1)
      func across(_ row: Int) -> Double {
        let line = base + row * width
        let first = Int(line[x0])
        return Double(first) + Double(Int(line[x1]) - first) * shareX
      }
      let upper = across(max(top, 0))
      let lower = top + 1 < height ? across(top + 1) : upper
      return UInt8(upper + (lower - upper) * shareY)
    }
  }

  /// Rounds down; all negative numbers become -1.
  @inline(__always)
  private static func place(_ value: Double, below size: Int) -> Int {
    value < 0 || value >= Double(size) ? -1 : Int(value)
  }

  /// Without rotation or shear: row and column positions, each accumulated by addition.
  private static func scaled(
    _ source: Plane, _ target: UnsafeMutablePointer<UInt8>, _ m: AffineMatrix
  ) {
    var columns: [Int] = []
    var x = m.c + m.a * 0.5
    for _ in 0..<source.width {
      columns.append(place(x, below: source.width))
      x += m.a
    }
    var y = m.f + m.e * 0.5
    for row in 0..<source.height {
      let from = place(y, below: source.height)
      y += m.e
      if from < 0 { continue }
      for (column, place) in columns.enumerated() where place >= 0 {
        target[row * source.width + column] = source.base[from * source.width + place]
      }
    }
  }

  /// Whether all four corners fit into 16.16 fixed point.
  private static func fitsFixedPoint(_ source: Plane, _ m: AffineMatrix) -> Bool {
    func fits(_ x: Int, _ y: Int) -> Bool {
      let x = Double(x)
      let y = Double(y)
      return abs(x * m.a + y * m.b + m.c) < 32768 && abs(x * m.d + y * m.e + m.f) < 32768
    }
    let (width, height) = (source.width, source.height)
    return fits(0, 0) && fits(width, height) && fits(0, height) && fits(width, 0)
  }

  /// Nearest neighbour with positions accumulated in 16.16 fixed point.
  private static func fixedPoint(
    _ source: Plane, _ target: UnsafeMutablePointer<UInt8>, _ m: AffineMatrix
  ) {
    func fixed(_ value: Double) -> Int32 {
      let scaled = value * 65536 + 0.5
      return Int32(truncatingIfNeeded: Int(scaled.rounded(.down)))
    }
    let (a, b, d, e) = (fixed(m.a), fixed(m.b), fixed(m.d), fixed(m.e))
    var firstX = fixed(m.c + m.a * 0.5 + m.b * 0.5)
    var firstY = fixed(m.f + m.d * 0.5 + m.e * 0.5)
    let (width, height) = (Int32(source.width), Int32(source.height))
    var pixel = target
    for _ in 0..<height {
      var x = firstX
      var y = firstY
      for _ in 0..<width {
        let (column, row) = (x >> 16, y >> 16)
        if column >= 0, column < width, row >= 0, row < height {
          pixel.pointee = source.base[Int(row) * source.width + Int(column)]
        }
        x &+= a
        y &+= d
        pixel += 1
      }
      firstX &+= b
      firstY &+= e
    }
  }

  /// Nearest neighbour in doubles, for positions that do not fit into fixed point.
  private static func floatingPoint(
    _ source: Plane, _ target: UnsafeMutablePointer<UInt8>, _ m: AffineMatrix
  ) {
    var firstX = m.c + m.b * 0.5 + m.a * 0.5
    var firstY = m.f + m.e * 0.5 + m.d * 0.5
    var pixel = target
    for _ in 0..<source.height {
      var x = firstX
      var y = firstY
      for _ in 0..<source.width {
        let column = place(x, below: source.width)
        let row = place(y, below: source.height)
        if column >= 0, row >= 0 { pixel.pointee = source.base[row * source.width + column] }
        x += m.a
        y += m.d
        pixel += 1
      }
      firstX += m.b
      firstY += m.e
    }
  }

  /// Interpolates between four neighbours.
  private static func bilinear(
    _ source: Plane, _ target: UnsafeMutablePointer<UInt8>, _ m: AffineMatrix
  ) {
    let (width, height) = (source.width, source.height)
    for row in 0..<height {
      for column in 0..<width {
        let outX = Double(column) + 0.5
        let outY = Double(row) + 0.5
        let x = m.a * outX + m.b * outY + m.c
        let y = m.d * outX + m.e * outY + m.f
        if x < 0 || x >= Double(width) || y < 0 || y >= Double(height) { continue }
        target[row * width + column] = source.interpolated(x, y)
      }
    }
  }
}
