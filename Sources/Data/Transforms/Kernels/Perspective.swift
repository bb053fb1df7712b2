/// Maps a position in the output to one in the input:
/// (a x + b y + c, d x + e y + f) / (g x + h y + 1).
struct Perspective: Sendable, Equatable {
  /// a, b, c, d, e, f, g, h, rounded to floats as in torchvision.
  let values: [Float]

  /// A pixel.
  struct Corner: Sendable, Equatable {
    var x: Int
    var y: Int
  }

  init(_ values: [Float]) { self.values = values }

  /// The map that takes the corners of an image of `height` times `width` pixels to `corners`; `nil` if three
  /// of these lie on a line.
  ///
  /// - Parameter corners: top left, top right, bottom right, bottom left.
  init?(height: Int, width: Int, corners: [Corner]) {
    for left in 0..<4 {
      let (a, b, c) = (corners[left], corners[(left + 1) % 4], corners[(left + 2) % 4])
      if (b.x - a.x) * (c.y - a.y) == (b.y - a.y) * (c.x - a.x) { return nil }
    }
    let own = [
      Corner(x: 0, y: 0), Corner(x: width - 1, y: 0), Corner(x: width - 1, y: height - 1),
      Corner(x: 0, y: height - 1),
    ]
    var rows: [[Double]] = []
    for (to, from) in zip(corners, own) {
      let (x, y) = (Double(to.x), Double(to.y))
      let (u, v) = (Double(from.x), Double(from.y))
      rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
      rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    }
    guard let solution = Self.solve(rows) else { return nil }
    values = solution.map(Float.init)
  }

  /// The solution of linear equations, each with its right side last; `nil` if there is none.
  private static func solve(_ equations: [[Double]]) -> [Double]? {
    var rows = equations
    let count = rows.count
    for column in 0..<count {
      guard
        let pivot = (column..<count).max(by: { abs(rows[$0][column]) < abs(rows[$1][column]) }),
        rows[pivot][column] != 0
      else { return nil }
      rows.swapAt(column, pivot)
      for row in column + 1..<count {
        let factor = rows[row][column] / rows[column][column]
        if factor == 0 { continue }
        for place in column...count { rows[row][place] -= factor * rows[column][place] }
      }
    }
    var solution = [Double](repeating: 0, count: count)
    for row in (0..<count).reversed() {
      var rest = rows[row][count]
      for place in row + 1..<count { rest -= rows[row][place] * solution[place] }
      solution[row] = rest / rows[row][row]
    }
    return solution.allSatisfy(\.isFinite) ? solution : nil
  }

  /// Transforms `input` into `output`, an image of the same type.
  ///
  /// - Parameter fill: the value of each channel for positions outside the input.
  func apply(_ input: Pixels, _ output: Pixels, isBilinear: Bool, fill: [Float]) {
    if input.type.isFloat {
      floats(input, output, isBilinear: isBilinear, fill: fill)
    } else {
      bytes(input, output, isBilinear: isBilinear, fill: fill)
    }
  }

  /// Pillow's `Image.transform(…, PERSPECTIVE)`.
  private func bytes(_ input: Pixels, _ output: Pixels, isBilinear: Bool, fill: [Float]) {
    let type = input.type
    let m = values.map(Double.init)
    for channel in 0..<type.channels {
      (output.bytes + channel * type.planeCount).update(
        repeating: UInt8(fill[channel]), count: type.planeCount)
    }
    for row in 0..<type.height {
      for column in 0..<type.width {
        let outX = Double(column) + 0.5
        let outY = Double(row) + 0.5
        let share = m[6] * outX + m[7] * outY + 1
        let x = (m[0] * outX + m[1] * outY + m[2]) / share
        let y = (m[3] * outX + m[4] * outY + m[5]) / share
        guard x >= 0, x < Double(type.width), y >= 0, y < Double(type.height) else { continue }
        for channel in 0..<type.channels {
          let plane = channel * type.planeCount
          let source = ByteAffine.Plane(
            input.bytes + plane, height: type.height, width: type.width)
          output.bytes[plane + row * type.width + column] =
            isBilinear ? source.interpolated(x, y) : source.base[Int(y) * type.width + Int(x)]
        }
      }
    }
  }

  /// torchvision's `perspective` of tensors, with the arithmetic of `_perspective_grid` and `grid_sample`.
  private func floats(_ input: Pixels, _ output: Pixels, isBilinear: Bool, fill: [Float]) {
    let type = input.type
    let (width, height) = (Float(type.width), Float(type.height))
    let across = values[0..<3].map { $0 / (0.5 * width) }
    let down = values[3..<6].map { $0 / (0.5 * height) }
    for row in 0..<type.height {
      for column in 0..<type.width {
        let outX = Float(column) + 0.5
        let outY = Float(row) + 0.5
        let share = outX * values[6] + outY * values[7] + 1
        let gridX = (outX * across[0] + outY * across[1] + across[2]) / share - 1
        let gridY = (outX * down[0] + outY * down[1] + down[2]) / share - 1
        let x = ((gridX + 1) * width - 1) / 2
        let y = ((gridY + 1) * height - 1) / 2
        let place = row * type.width + column
        if isBilinear {
          FloatAffine.bilinear(input, output, x, y, place, fill)
        } else {
          FloatAffine.nearest(input, output, x, y, place, fill)
        }
      }
    }
  }
}
