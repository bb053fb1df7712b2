/// Which pixels are those of an object, as COCO's annotations say it.
package struct ObjectOutline: Hashable, Sendable {
  package enum Shape: Hashable, Sendable {
    /// What the object covers is what any of these covers: x, y, x, y, … in pixels, the upper left pixel being 0 to 1
    /// in both directions.
    case polygons([[Double]])
    /// The lengths of runs of pixels outside and inside the object, in turn, down the columns from the left one. They
    /// sum to `height` × `width`.
    case runs([UInt32], height: Int, width: Int)
  }

  package let shape: Shape
  /// The place of the annotation in its file.
  package let annotation: Int

  package init(_ shape: Shape, annotation: Int) {
    (self.shape, self.annotation) = (shape, annotation)
  }
}

extension ObjectOutline.Shape {
  /// Coordinates of polygons lie between this and its negative, in pixels.
  static let farthest = 1e6

  /// Whether it can be the shape of an object in an image of this size.
  package func fits(height: Int, width: Int) -> Bool {
    if case .runs(_, let ownHeight, let ownWidth) = self {
      return ownHeight == height && ownWidth == width
    }
    return true
  }

  /// Sets the pixels of the object to `value`, exactly those that pycocotools decodes.
  ///
  /// - Parameter mask: an image of `height` rows.
  /// - Precondition: it is of a size that ``fits(height:width:)``, and not empty.
  package func paint(_ value: UInt8, on mask: inout [UInt8], height: Int, width: Int) {
    precondition(fits(height: height, width: width) && mask.count == height * width)
    switch self {
    case .polygons(let polygons):
      for polygon in polygons {
        // Down the columns, the polygon begins and ends in turn.
        let edges = Self.edges(polygon, height: height, width: width)
        for place in stride(from: 0, to: edges.count - 1, by: 2) {
          Self.fill(&mask, edges[place]..<edges[place + 1], value, height, width)
        }
      }
    case .runs(let counts, _, _):
      var (start, isInside) = (0, false)
      for count in counts {
        let end = start + Int(count)
        if isInside { Self.fill(&mask, start..<end, value, height, width) }
        (start, isInside) = (end, !isInside)
      }
    }
  }

  /// - Parameter pixels: counted down the columns.
  private static func fill(
    _ mask: inout [UInt8], _ pixels: Range<Int>, _ value: UInt8, _ height: Int, _ width: Int
  ) {
    var (column, row) = pixels.lowerBound.quotientAndRemainder(dividingBy: height)
    for _ in pixels {
      mask[row * width + column] = value
      row += 1
      if row == height { (row, column) = (0, column + 1) }
    }
  }

  /// Where a polygon begins and ends down the columns, ascending, by the rule of pycocotools (`rleFrPoly`): points
  /// along the border of the polygon at five times the resolution, of which those count at which it crosses the middle
  /// of a column of pixels.
  ///
  /// - Returns: an even number of places. Fewer than three points have no area.
  private static func edges(_ polygon: [Double], height: Int, width: Int) -> [Int] {
    let scale = 5.0
    let corners = polygon.count / 2
    if corners < 3 { return [] }
    let fine = polygon.map { Int(scale * $0 + 0.5) }
    var edges: [Int] = []
    var last: (x: Int, y: Int)?
    for corner in 0..<corners {
      let next = corner + 1 == corners ? 0 : corner + 1
      var start = (x: fine[2 * corner], y: fine[2 * corner + 1])
      var end = (x: fine[2 * next], y: fine[2 * next + 1])
      let (dx, dy) = (abs(end.x - start.x), abs(end.y - start.y))
      let isFlat = dx >= dy
      let isFlipped = isFlat ? start.x > end.x : start.y > end.y
      if isFlipped { (start, end) = (end, start) }
      let length = max(dx, dy)
      // A point that is repeated has no slope.
      let slope =
        length == 0
        ? 0 : isFlat ? Double(end.y - start.y) / Double(dx) : Double(end.x - start.x) / Double(dy)
      for step in 0...length {
        let along = isFlipped ? length - step : step
        let across = slope * Double(along)
        let point =
          isFlat
          ? (x: along + start.x, y: Int(Double(start.y) + across + 0.5))
          : (x: Int(Double(start.x) + across + 0.5), y: along + start.y)
        if let last, last.x != point.x {
          let x = point.x < last.x ? point.x : point.x - 1
          if let edge = Self.edge(
            x: (Double(x) + 0.5) / scale - 0.5,
            y: (Double(min(point.y, last.y)) + 0.5) / scale - 0.5, height, width)
          {
            edges.append(edge)
          }
        }
        last = point
      }
    }
    edges.append(height * width)
    edges.sort()
    if !edges.count.isMultiple(of: 2) { edges.removeLast() }
    return edges
  }

  /// The pixel at which a border crosses a column, counted down the columns; `nil` if it is not in the middle of one.
  private static func edge(x: Double, y: Double, _ height: Int, _ width: Int) -> Int? {
    guard x.rounded(.down) == x, x >= 0, x <= Double(width - 1) else { return nil }
    return Int(x) * height + Int(min(max(y, 0), Double(height)).rounded(.up))
  }
}
