import Arrays
import DataSchema
import Files

/// The targets in one or more arrays of the same kind: what they are, and those of each array.
struct ArrayTargetReading {
  let field: DataField
  /// In the order of the arrays.
  let targets: [Targets]
  /// Whether each row of the arrays has a single 1, at the place of its class.
  let isOneHot: Bool

  /// Reads the targets of all arrays.
  ///
  /// - Parameter arrays: those of the training examples first.
  /// - Throws: ``ArrayProblem`` if they hold something else than the experiment says, or nothing to learn.
  init(_ arrays: [NumericArray], _ reading: ArrayReading) throws(ArrayProblem) {
    for array in arrays where !(1...2 ~= array.shape.count) {
      throw ArrayProblem(
        argument: "targets",
        error: array.error(
          "has \(array.shape.count) dimensions, but targets have 1 (examples) or 2 (examples, "
            + "values)"
        ))
    }
    let width = arrays[0].shape.count == 2 ? arrays[0].shape[1] : 1
    let isWide = width > 1
    let bits = isWide && reading.unit == nil ? try Self.bits(in: arrays) : nil
    let kind = reading.kind ?? Self.recognized(arrays[0], isWide, bits, reading)
    isOneHot = kind == .category && bits == .one
    switch kind {
    case .category:
      targets = isOneHot ? try Self.oneHot(arrays, width) : try Self.classes(arrays, reading)
      let largest = targets.compactMap { $0.values.max() }.max().map { Int($0) } ?? 0
      field = try Self.category(isOneHot ? width : largest + 1, of: arrays[0], reading)
    case .numbers:
      let names = try Self.names(reading, width, in: arrays[0])
      field = DataField(
        "numbers",
        .numbers(
          (names ?? Self.numbered("value", width)).map { Quantity($0, unit: reading.unit) }))
      targets = try Self.each(arrays) { (array) throws(DataError) in
        try ArrayTargets.numbers(array, width: width)
      }
    case .labels:
      let names = try Self.names(reading, width, in: arrays[0])
      field = DataField("labels", .labelSet(names ?? (0..<width).map(String.init)))
      targets = try Self.each(arrays, at: reading.kind == nil ? "targets" : "kind") {
        (array) throws(DataError) in
        try ArrayTargets.labelSets(array, labels: width)
      }
    }
  }

  // MARK: What they are

  /// What several 0 and 1 in each row say.
  private enum Bits {
    /// Exactly one in each row.
    case one
    /// Any number.
    case any
  }

  /// What the targets look like: whole numbers are classes, rows of 0 and 1 are labels, or classes if each has
  /// a single 1; others are numbers.
  private static func recognized(
    _ array: NumericArray, _ isWide: Bool, _ bits: Bits?, _ reading: ArrayReading
  ) -> ArrayReading.Kind {
    if reading.unit != nil { return .numbers }
    if isWide { return bits == .one ? .category : bits == .any ? .labels : .numbers }
    switch array.elementType {
    case .bfloat16, .float16, .float32, .float64: return .numbers
    default: return .category
    }
  }

  /// - Returns: `nil` if a value is neither 0 nor 1.
  private static func bits(in arrays: [NumericArray]) throws(ArrayProblem) -> Bits? {
    var bits = Bits.one
    for array in arrays {
      let counts = try ArrayProblem.at("targets") { () throws(DataError) in
        try ArrayTargets.labelCounts(array)
      }
      guard let counts else { return nil }
      if counts.contains(where: { $0 != 1 }) { bits = .any }
    }
    return bits
  }

  // MARK: Classes

  private static func classes(
    _ arrays: [NumericArray], _ reading: ArrayReading
  ) throws(ArrayProblem) -> [Targets] {
    try each(arrays, at: reading.names == nil ? "targets" : "names") {
      (array) throws(DataError) in
      try ArrayTargets.classes(array, classes: reading.names?.count)
    }
  }

  private static func oneHot(
    _ arrays: [NumericArray], _ width: Int
  ) throws(ArrayProblem) -> [Targets] {
    try each(arrays) { (array) throws(DataError) in
      let rows = try ArrayTargets.labelSets(array, labels: width)
      return Targets(
        classes: (0..<rows.count).map { row in
          rows[row].firstIndex(of: 1).map { $0 - rows[row].startIndex } ?? 0
        })
    }
  }

  /// The most classes that need no names: more are usually numbers, or identifiers.
  private static let mostClasses = 10_000

  private static func category(
    _ count: Int, of array: NumericArray, _ reading: ArrayReading
  ) throws(ArrayProblem) -> DataField {
    if let names = reading.names {
      guard count <= names.count else {
        throw ArrayProblem(
          argument: "names",
          error: array.error("has \(count) classes, but 'names' has \(names.count)"))
      }
      return DataField("label", .category(names))
    }
    guard count <= mostClasses else {
      throw ArrayProblem(
        argument: "targets",
        error: array.error(
          "would have \(count) classes, since the largest number of the targets is \(count - 1); "
            + "if these are numbers to predict, write kind: numbers"))
    }
    return DataField("label", .category((0..<count).map(String.init)))
  }

  // MARK: Names

  /// The names of values, of which there are `width` in each row.
  private static func names(
    _ reading: ArrayReading, _ width: Int, in array: NumericArray
  ) throws(ArrayProblem) -> [String]? {
    guard let names = reading.names, names.count != width else { return reading.names }
    throw ArrayProblem(
      argument: "names",
      error: array.error(
        "holds \(width) value\(width == 1 ? "" : "s") per example, but 'names' has \(names.count)"))
  }

  private static func numbered(_ name: String, _ count: Int) -> [String] {
    count == 1 ? [name] : (0..<count).map { "\(name) \($0)" }
  }

  private static func each(
    _ arrays: [NumericArray], at argument: String = "targets",
    _ body: (NumericArray) throws(DataError) -> Targets
  ) throws(ArrayProblem) -> [Targets] {
    var targets: [Targets] = []
    for array in arrays {
      targets.append(
        try ArrayProblem.at(argument) { () throws(DataError) in try body(array) })
    }
    return targets
  }
}
