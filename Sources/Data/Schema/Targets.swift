/// The targets of some examples: row-major, ``width`` numbers an example. A category is its number, a label
/// set a 0 or 1 for each label; both are exact. A mask is the number of pixels of each class and, last, of those
/// without one; the mask itself is a column of its own, see ``ExampleSource/picturesAndMasks(_:)``. Boxes are a row of
/// ``ImageBoxes``.
package struct Targets: Hashable, Sendable {
  package let width: Int
  package let values: [Float]

  /// - Precondition: `values` are whole rows.
  package init(_ values: [Float], width: Int = 1) {
    precondition(width > 0 && values.count.isMultiple(of: width))
    self.width = width
    self.values = values
  }

  /// One class number an example.
  package init(classes: some Sequence<some BinaryInteger>) {
    self.init(classes.map { Float($0) })
  }

  package var count: Int { values.count / width }

  package subscript(row: Int) -> ArraySlice<Float> {
    values[(row * width)..<((row + 1) * width)]
  }

  /// The class number of each example.
  ///
  /// - Precondition: the targets are categories.
  package var classNumbers: [Int32] {
    precondition(width == 1)
    return values.map { Int32($0) }
  }

  /// The rows at these places, in this order.
  package func selecting(_ rows: some Sequence<Int>) -> Targets {
    Targets(rows.flatMap { self[$0] }, width: width)
  }

  /// The first `count` rows, or all if there are no more.
  package func prefix(_ count: Int) -> Targets {
    count >= self.count ? self : Targets(Array(values.prefix(max(0, count) * width)), width: width)
  }

  /// The values of one column.
  package func column(_ index: Int) -> [Float] {
    stride(from: index, to: values.count, by: width).map { values[$0] }
  }
}
