import DataSchema

extension TransformPipeline {
  /// Where in an image the rows and columns of the output come from in evaluation, `nil` for those that were
  /// added; as masks go, by nearest neighbour.
  ///
  /// In evaluation transforms resize, crop, pad and mirror, so that every row has one origin.
  ///
  /// - Returns: `nil` if images may differ in size: ask the pipeline of one size.
  package var sourcePlaces: (rows: [Int?], columns: [Int?])? {
    guard sizing == nil else { return nil }
    let masks = self.masks(steps.map(\.forMask))
    let (height, width) = (masks.input.height, masks.input.width)
    // Above the value of pixels outside.
    let first = 1000
    func origins(_ place: (Int, Int) -> Int) -> [Int?] {
      var values: [Float] = []
      values.reserveCapacity(height * width)
      for row in 0..<height {
        for column in 0..<width { values.append(Float(first + place(row, column))) }
      }
      let batch = ImageBatch(type: masks.input, count: 1, storage: .floats(values))
      return masks.apply(batch, sampleIndices: [0], augmenting: nil).floats.map {
        Int($0) < first ? nil : Int($0) - first
      }
    }
    let (rows, columns) = (origins { row, _ in row }, origins { _, column in column })
    let size = masks.output
    return (
      (0..<size.height).map { row in
        (0..<size.width).lazy.compactMap { rows[row * size.width + $0] }.first
      },
      (0..<size.width).map { column in
        (0..<size.height).lazy.compactMap { columns[$0 * size.width + column] }.first
      }
    )
  }
}

/// Brings class maps of a model's input back to the size of the image.
package struct MaskRestoration: Sendable {
  /// For each row and column of the image the one of the map; `nil` where transforms cut it off.
  private let rows: [Int?]
  private let columns: [Int?]

  /// - Parameter size: of the image before the transforms.
  package init(_ places: (rows: [Int?], columns: [Int?]), size: ImageSize) {
    rows = Self.inverted(places.rows, count: size.height)
    columns = Self.inverted(places.columns, count: size.width)
  }

  package var height: Int { rows.count }
  package var width: Int { columns.count }

  /// The classes of the image's pixels, row by row; ``FieldKind/ignoredPixel`` where there is no answer.
  ///
  /// - Parameter width: of the map.
  package func restored(_ map: [UInt8], width: Int) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(rows.count * columns.count)
    for row in rows {
      for column in columns {
        if let row, let column {
          result.append(map[row * width + column])
        } else {
          result.append(FieldKind.ignoredPixel)
        }
      }
    }
    return result
  }

  /// For each of `count` origins the place that comes from it or from the nearest one.
  private static func inverted(_ places: [Int?], count: Int) -> [Int?] {
    let known = places.enumerated().compactMap { place, origin in
      origin.map { (origin: $0, place: place) }
    }.sorted { ($0.origin, $0.place) < ($1.origin, $1.place) }
    guard let first = known.first, let last = known.last else {
      return Array(repeating: nil, count: count)
    }
    // Half of a step on both sides still belongs to the first and last.
    let reach = known.count > 1 ? (last.origin - first.origin) / (known.count - 1) : 0
    var next = 0
    return (0..<count).map { origin in
      if origin < first.origin - reach || origin > last.origin + reach { return nil }
      while next + 1 < known.count,
        abs(known[next + 1].origin - origin) < abs(known[next].origin - origin)
      {
        next += 1
      }
      return known[next].place
    }
  }
}
