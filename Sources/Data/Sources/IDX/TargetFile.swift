import DataSchema

/// Decodes the targets in an IDX file of labels.
package enum TargetFile {
  /// Converts numbers to targets of the declared kind.
  ///
  /// - Parameter kind: `nil` to accept any class numbers.
  /// - Throws: ``DataError`` if the file has another shape, or if a number is not a valid target.
  package static func targets(
    _ numbers: IDXNumbers, of kind: FieldKind?, path: String
  ) throws(DataError) -> Targets {
    let width = kind?.targetWidth ?? 1
    let shape = numbers.shape
    let isFlat = shape.count == 1 && width == 1
    guard isFlat || (shape.count == 2 && shape[1] == width) else {
      let wanted =
        width == 1 ? "1 (count)" : "2 (count, \(width))"
      throw DataError(
        path: path,
        reason: shape.count == 2
          ? "holds \(shape[1]) numbers per example, expected \(width)"
          : "has \(shape.count) dimensions, but labels have \(wanted)")
    }
    let targets = Targets(numbers.values, width: width)
    func fail(_ row: Int, _ value: Float, _ expected: String) -> DataError {
      DataError(
        path: path, reason: "example \(row) has the label \(text(value)), not \(expected)")
    }
    for (place, value) in numbers.values.enumerated() {
      switch kind {
      case .category(let names):
        guard value >= 0, value < Float(names.count), value == value.rounded() else {
          throw fail(
            place, value, "one of the \(names.count) classes 0 to \(names.count - 1)")
        }
      case .labelSet:
        guard value == 0 || value == 1 else { throw fail(place / width, value, "0 or 1") }
      case .numbers:
        guard value.isFinite else { throw fail(place / width, value, "a finite number") }
      default: break
      }
    }
    return targets
  }

  /// Formats whole numbers without a decimal point.
  private static func text(_ value: Float) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }
}

extension FieldKind {
  /// The number of values per example in a file of labels.
  var targetWidth: Int {
    switch self {
    case .numbers(let quantities): quantities.count
    case .labelSet(let names): names.count
    default: 1
    }
  }
}

extension DataField {
  /// The classes of the ten digits.
  package static let digits = DataField("label", .category((0..<10).map(String.init)))
}
