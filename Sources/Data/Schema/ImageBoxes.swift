/// The boxes of an image as its annotations give them, in pixels of the image file: a row of ``Targets``.
///
/// The row is the width and height of the image, the number of boxes, and for each box its class, its left and
/// upper edge, width, height, area and traits. Rows are padded with zeros to the same width.
package struct ImageBoxes: Hashable, Sendable {
  package struct Item: Hashable, Sendable {
    /// The class number.
    package var label: Int
    /// The left edge, in pixels.
    package var x: Float
    /// The upper edge, in pixels.
    package var y: Float
    package var width: Float
    package var height: Float
    /// In square pixels: that of the object's outline where one was drawn.
    package var area: Float
    package var traits: Traits

    package init(
      label: Int, x: Float, y: Float, width: Float, height: Float, area: Float? = nil,
      traits: Traits = []
    ) {
      (self.label, self.x, self.y, self.width, self.height) = (label, x, y, width, height)
      self.area = area ?? width * height
      self.traits = traits
    }
  }

  package struct Traits: OptionSet, Hashable, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// The box holds many objects that were not annotated one by one.
    package static let crowd = Traits(rawValue: 1)
    /// The object is so hard to recognise that missing it is no mistake.
    package static let difficult = Traits(rawValue: 2)
    /// The object reaches beyond the image.
    package static let truncated = Traits(rawValue: 4)
  }

  /// In pixels.
  package var width: Int
  package var height: Int
  package var items: [Item]

  package init(width: Int, height: Int, _ items: [Item]) {
    (self.width, self.height, self.items) = (width, height, items)
  }

  private static let fixedColumns = ["width", "height", "boxes"]
  private static let boxColumns = ["class", "x", "y", "w", "h", "area", "traits"]

  /// The number of values in a row.
  ///
  /// - Parameter most: the largest number of boxes.
  package static func rowWidth(_ most: Int) -> Int { fixedColumns.count + boxColumns.count * most }

  /// The names of the columns of a row.
  package static func columns(_ most: Int) -> [String] {
    fixedColumns
      + (0..<most).flatMap { number in boxColumns.map { "true_\($0)\(number)" } }
  }

  /// The largest number of boxes in rows of this many values; `nil` if there are no such rows.
  package static func most(rowWidth: Int) -> Int? {
    let (most, rest) = (rowWidth - fixedColumns.count)
      .quotientAndRemainder(dividingBy: boxColumns.count)
    return rest == 0 && most >= 0 ? most : nil
  }

  /// The row of these boxes.
  ///
  /// - Precondition: there are at most `most` boxes.
  package func row(_ most: Int) -> [Float] {
    precondition(items.count <= most)
    var row: [Float] = [Float(width), Float(height), Float(items.count)]
    row.reserveCapacity(Self.rowWidth(most))
    for item in items {
      row += [
        Float(item.label), item.x, item.y, item.width, item.height, item.area,
        Float(item.traits.rawValue),
      ]
    }
    return row + Array(repeating: 0, count: Self.rowWidth(most) - row.count)
  }

  /// The boxes of a row.
  ///
  /// - Precondition: it is one that ``row(_:)`` made.
  package init(_ row: some Collection<Float>) {
    let values = Array(row)
    self.init(
      width: Int(values[0]), height: Int(values[1]),
      (0..<Int(values[2])).map { number in
        let start = Self.fixedColumns.count + number * Self.boxColumns.count
        return Item(
          label: Int(values[start]), x: values[start + 1], y: values[start + 2],
          width: values[start + 3], height: values[start + 4], area: values[start + 5],
          traits: Traits(rawValue: Int(values[start + 6])))
      })
  }
}
