/// Points of the plane in nested squares, each with the number of its points and their centre.
///
/// Points are put in one after the other, so that the tree is the same on every machine.
struct QuadTree {
  private struct Cell {
    /// The middle of the square.
    var x: Double
    var y: Double
    var half: Double
    /// The sum of the points; the centre once the tree is complete.
    var centreX = 0.0
    var centreY = 0.0
    var count = 0.0
    /// The first of four children that follow each other; 0 if there are none.
    var children: Int32 = 0
    /// The point, or one of several equal points, of a cell without children; -1 for none.
    var point: Int32 = -1
  }

  private var cells: [Cell] = []
  /// Below this side, points count as equal.
  private static let deepest = 48

  /// - Parameter points: [count, 2].
  init(_ points: UnsafeBufferPointer<Double>) {
    build(points)
  }

  /// Builds the tree again in the same memory.
  mutating func build(_ points: UnsafeBufferPointer<Double>) {
    cells.removeAll(keepingCapacity: true)
    let count = points.count / 2
    var (left, right, bottom, top) = (
      Double.infinity, -Double.infinity, Double.infinity, -Double.infinity
    )
    for point in 0..<count {
      left = min(left, points[2 * point])
      right = max(right, points[2 * point])
      bottom = min(bottom, points[2 * point + 1])
      top = max(top, points[2 * point + 1])
    }
    let half = max(right - left, top - bottom, .leastNormalMagnitude) / 2 * (1 + 1e-9)
    cells.append(Cell(x: (left + right) / 2, y: (bottom + top) / 2, half: half))
    for point in 0..<count { insert(Int32(point), points) }
    for place in cells.indices where cells[place].count > 0 {
      cells[place].centreX /= cells[place].count
      cells[place].centreY /= cells[place].count
    }
  }

  private mutating func insert(_ point: Int32, _ points: UnsafeBufferPointer<Double>) {
    let (x, y) = (points[2 * Int(point)], points[2 * Int(point) + 1])
    var cell = 0
    for depth in 0... {
      cells[cell].centreX += x
      cells[cell].centreY += y
      cells[cell].count += 1
      if cells[cell].children == 0 {
        let other = cells[cell].point
        if other < 0 {
          cells[cell].point = point
          return
        }
        let (otherX, otherY) = (points[2 * Int(other)], points[2 * Int(other) + 1])
        if (otherX == x && otherY == y) || depth == Self.deepest { return }
        split(cell, otherX, otherY)
      }
      cell = Int(cells[cell].children) + quadrant(of: x, y, in: cells[cell])
    }
  }

  private func quadrant(of x: Double, _ y: Double, in cell: Cell) -> Int {
    (x >= cell.x ? 1 : 0) + (y >= cell.y ? 2 : 0)
  }

  /// Gives a cell children, one of which takes the points that it holds but for the newest.
  private mutating func split(_ cell: Int, _ x: Double, _ y: Double) {
    let parent = cells[cell]
    let half = parent.half / 2
    cells[cell].children = Int32(cells.count)
    cells[cell].point = -1
    for quadrant in 0..<4 {
      cells.append(
        Cell(
          x: parent.x + (quadrant & 1 == 1 ? half : -half),
          y: parent.y + (quadrant & 2 == 2 ? half : -half), half: half))
    }
    let child = Int(cells[cell].children) + quadrant(of: x, y, in: parent)
    let held = parent.count - 1
    cells[child].point = parent.point
    cells[child].count = held
    cells[child].centreX = x * held
    cells[child].centreY = y * held
  }

  /// The repulsion of a point by all others in t-SNE: the sum of 1 / (1 + d²), and the sum of the differences times
  /// its square.
  ///
  /// A cell stands for its points if its side is less than `angle` times its distance (Barnes and Hut, Nature
  /// 1986; van der Maaten, "Accelerating t-SNE using tree-based algorithms", JMLR 2014).
  ///
  /// - Parameter stack: memory for the search.
  func repulsion(
    x: Double, y: Double, angle: Double, stack: inout [Int32]
  ) -> (sum: Double, x: Double, y: Double) {
    var (sum, forceX, forceY) = (0.0, 0.0, 0.0)
    let square = angle * angle
    cells.withUnsafeBufferPointer { cells in
      stack.removeAll(keepingCapacity: true)
      stack.append(0)
      while let next = stack.popLast() {
        let cell = cells[Int(next)]
        if cell.count == 0 { continue }
        let (dx, dy) = (x - cell.centreX, y - cell.centreY)
        let distance = dx * dx + dy * dy
        if cell.children == 0 || 4 * cell.half * cell.half < square * distance {
          let share = 1 / (1 + distance)
          // The point itself adds 1 to the sum, which the caller takes off.
          sum += cell.count * share
          let factor = cell.count * share * share
          forceX += factor * dx
          forceY += factor * dy
        } else {
          stack.append(cell.children)
          stack.append(cell.children + 1)
          stack.append(cell.children + 2)
          stack.append(cell.children + 3)
        }
      }
    }
    return (sum - 1, forceX, forceY)
  }
}
