import DataSchema

/// A small copy of a picture that near-duplicates are looked for in: 32 × 32 brightnesses and 4 × 4 colours,
/// each the mean of the area it covers, so that pictures of any size can be compared.
struct Thumbnail {
  /// Brightnesses a side.
  static let side = 32
  /// Colours a side.
  static let colourSide = 4
  /// Values of the colours: blue and red differences.
  static let colourCount = 2 * colourSide * colourSide

  /// Row-major, 0 to 255.
  var brightness: [UInt8]
  /// Blue minus brightness at each place, then red minus brightness, −128 to 127; zero without colour.
  var colours: [Int8]

  /// - Parameter bytes: the picture, [channel, row, column]. Of three or more channels the first three are red,
  ///   green and blue; of fewer, the first is the brightness.
  /// - Precondition: the picture has at least one pixel and as many bytes as `size` says.
  init(_ bytes: UnsafeBufferPointer<UInt8>, size: ImageSize) {
    precondition(size.count > 0 && bytes.count == size.count)
    let (side, area) = (Self.side, size.height * size.width)
    let planes = (0..<(size.channels >= 3 ? 3 : 1)).map { channel in
      Self.averaged(
        UnsafeBufferPointer(rebasing: bytes[(channel * area)..<((channel + 1) * area)]),
        height: size.height, width: size.width)
    }
    guard planes.count == 3 else {
      brightness = planes[0].map { UInt8($0.rounded()) }
      colours = Array(repeating: 0, count: Self.colourCount)
      return
    }
    var luma = [Float](repeating: 0, count: side * side)
    for place in luma.indices {
      luma[place] =
        0.299 * planes[0][place] + 0.587 * planes[1][place] + 0.114 * planes[2][place]
    }
    brightness = luma.map { UInt8(min(255, $0.rounded())) }
    var colours: [Int8] = []
    let block = side / Self.colourSide
    for plane in [planes[2], planes[0]] {
      for top in stride(from: 0, to: side, by: block) {
        for left in stride(from: 0, to: side, by: block) {
          var sum: Float = 0
          for row in top..<(top + block) {
            for place in (row * side + left)..<(row * side + left + block) {
              sum += plane[place] - luma[place]
            }
          }
          // A difference of 226 at most, halved.
          colours.append(Int8((sum / Float(2 * block * block)).rounded()))
        }
      }
    }
    self.colours = colours
  }

  /// Brightnesses that count as one.
  private static let levels = 9
  /// Share of one brightness from which a picture without colour counts as a drawing: that of MNIST's digits is 0.7
  /// to 0.95, that of 99% of CIFAR-10's photographs in grey below 0.6.
  private static let leastBackground = 0.6

  /// Whether most of the picture is a background of one brightness, without colour: strokes, digits, diagrams. They
  /// resemble each other without being copies.
  var isDrawing: Bool {
    guard colours.allSatisfy({ abs(Int($0)) <= 2 }) else { return false }
    var counts = [Int](repeating: 0, count: 256)
    for value in brightness { counts[Int(value)] += 1 }
    var (sum, most) = (0, 0)
    for level in counts.indices {
      sum += counts[level] - (level >= Self.levels ? counts[level - Self.levels] : 0)
      most = max(most, sum)
    }
    return Double(most) >= Self.leastBackground * Double(brightness.count)
  }

  /// The means of 32 × 32 equal areas of a plane.
  private static func averaged(
    _ plane: UnsafeBufferPointer<UInt8>, height: Int, width: Int
  ) -> [Float] {
    if height == side, width == side { return plane.map(Float.init) }
    let (rows, columns) = (spans(height), spans(width))
    var result = [Float](repeating: 0, count: side * side)
    for (top, row) in rows.enumerated() {
      for (left, column) in columns.enumerated() {
        var sum: Float = 0
        for (y, yWeight) in zip(row.first..., row.weights) {
          var part: Float = 0
          for (x, xWeight) in zip(column.first..., column.weights) {
            part += xWeight * Float(plane[y * width + x])
          }
          sum += yWeight * part
        }
        result[top * side + left] = sum
      }
    }
    return result
  }

  /// For each of 32 equal parts of `count` pixels, the first pixel it covers and the weights of all it covers,
  /// which sum to 1.
  private static func spans(_ count: Int) -> [(first: Int, weights: [Float])] {
    (0..<side).map { part in
      // In units of 1 / 32 pixel.
      let (start, end) = (part * count, (part + 1) * count)
      let first = start / side
      let weights = (first...((end - 1) / side)).map { pixel in
        Float(min(end, (pixel + 1) * side) - max(start, pixel * side)) / Float(end - start)
      }
      return (first, weights)
    }
  }
}
