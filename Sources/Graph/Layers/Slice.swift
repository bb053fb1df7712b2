import ExperimentConfig

struct Slice: Layer {
  static let schema = ComponentSchema(
    "slice",
    [
      Field("dim", .integer(.any), default: "1", doc: "The dimension, the batch counted as 0."),
      Field(
        "start", .integer(.any), default: "0",
        doc: "The first entry; negative numbers count from the end."),
      Field(
        "end", .integer(.any), .optional,
        doc:
          "The entry after the last one, or the end if left out; negative numbers count from the "
          + "end."),
      Field("step", .integer(.between(1, 1e9)), default: "1", doc: "Distance between entries."),
    ],
    doc:
      "A part of one dimension, as x[:, start:end:step]. The dimension stays, even with one entry.")

  private let dim: Int
  private let start: Int
  private let end: Int?
  private let step: Int

  init(_ arguments: Arguments) throws {
    dim = try arguments.integer("dim")
    start = try arguments.integer("start")
    end = arguments.has("end") ? try arguments.integer("end") : nil
    step = try arguments.integer("step")
  }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let shape = inputs[0]
    let dim = try Dimension.resolve(dim, in: shape, argument: "dim")
    let size = shape.dims[dim - 1]
    let first = try Self.place(start, "start", of: dim, size)
    let last = try Self.place(end ?? size, "end", of: dim, size)
    guard first < last else {
      throw ShapeMismatch(
        "selects nothing between 'start' \(start) and 'end' \(end ?? size) in dimension \(dim) of "
          + "\(shape)", argument: end == nil ? "start" : "end")
    }
    var dims = shape.dims
    dims[dim - 1] = (last - first - 1) / step + 1
    return LayerPlan(Shape(dims), .slice(dim: dim, start: first, end: last, step: step))
  }

  /// The entry that is meant, from 0 to `size`. Python cuts off what lies beyond the end; here it is more likely a
  /// mistake than meant.
  private static func place(
    _ value: Int, _ argument: String, of dim: Int, _ size: Int
  ) throws(ShapeMismatch) -> Int {
    guard (-size...size).contains(value) else {
      throw ShapeMismatch(
        "'\(argument)' is \(value), but dimension \(dim) has \(size) entries", argument: argument)
    }
    return value < 0 ? value + size : value
  }
}
