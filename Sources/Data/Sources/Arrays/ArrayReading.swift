import Arrays
import DataSchema
import Diagnostics
import ExperimentConfig

/// How an experiment wants arrays to be read.
struct ArrayReading: Hashable, Sendable {
  /// What the targets are.
  enum Kind: String, Sendable, CaseIterable {
    case category, numbers, labels
  }

  /// The arrays of each split as the experiment names them; empty if their own names decide.
  let splits: [ArrayConvention.Split: ArrayConvention.Pair]
  /// `nil`: what the shape suggests.
  let axes: AxisOrder?
  /// The numbers that are black and white; `nil`: those that the type suggests.
  let range: ClosedRange<Double>?
  /// `nil`: what the targets look like.
  let kind: Kind?
  /// Of the classes, numbers or labels; `nil` if they have none.
  let names: [String]?
  let unit: String?
  /// Of the training examples, if there are none to test on.
  let testFraction: Double

  /// - Throws: `InputError` with the place of an argument that does not fit.
  init(_ arguments: Arguments, _ names: ArrayNames) throws {
    splits = names.splits
    axes = try arguments.word("axes").map { text in
      guard let axes = AxisOrder(text) else {
        throw InputError(
          "'\(text)' is not an order of axes", at: arguments.range("axes"),
          hint: "write \(AxisOrder.expected)")
      }
      return axes
    }
    if arguments.has("range") {
      let ends = try arguments.numbers("range")
      guard ends.count == 2, ends[0] < ends[1] else {
        throw InputError(
          "the second number of 'range' has to be larger than the first",
          at: arguments.range("range"))
      }
      range = ends[0]...ends[1]
    } else {
      range = nil
    }
    kind = arguments.word("kind").flatMap(Kind.init)
    self.names =
      arguments.has("names") ? try arguments.list("names").map { try $0.string() } : nil
    if let names = self.names, Set(names).count < names.count {
      throw InputError("two of the names are the same", at: arguments.range("names"))
    }
    unit = arguments.word("unit")
    if unit != nil, let kind, kind != .numbers {
      throw InputError("only numbers have a unit", at: arguments.range("unit"))
    }
    testFraction = try arguments.number("test")
  }

  /// The images or vectors in an array.
  ///
  /// - Parameter argument: what names the array in the experiment.
  /// - Throws: ``ArrayProblem`` if it cannot hold any.
  func inputs(_ array: NumericArray, argument: String) throws(ArrayProblem) -> ArrayInputs {
    if axes == nil, array.shape.count < 3 {
      return .vectors(
        try ArrayProblem.at(argument) { () throws(DataError) in try ArrayVectors(array) })
    }
    let axes = try ArrayProblem.at(argument) { () throws(DataError) in
      if let axes = self.axes { return axes }
      return try AxisOrder(recognizedIn: array)
    }
    let isMismatch = axes.axes.count != array.shape.count
    let place = isMismatch ? "axes" : range == nil ? argument : "range"
    return .images(
      try ArrayProblem.at(place) { () throws(DataError) in
        try ArrayImages(array, axes: axes, range: range ?? Self.range(of: array.elementType))
      })
  }

  /// The numbers of a type that are usually black and white; `nil` for bytes and truth values.
  private static func range(of type: NumericType) -> ClosedRange<Double>? {
    switch type {
    case .bool, .uint8: nil
    case .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64: 0...255
    case .bfloat16, .float16, .float32, .float64: 0...1
    }
  }
}
