import ExperimentConfig

struct Reshape: Layer {
  static let schema = ComponentSchema(
    "reshape", main: "shape",
    [
      Field(
        "shape", .list(of: .integer(.between(-1, 1e9)), count: 1...8), .required,
        doc: "The new shape without the batch; one dimension may be -1 and is inferred.")
    ],
    doc: "Changes the shape of each example; the number of values stays the same.")

  private let target: [Int]

  init(_ arguments: Arguments) throws { target = try arguments.integers("shape") }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let count = inputs[0].count
    if target.count(where: { $0 == -1 }) > 1 || target.contains(0) {
      throw ShapeMismatch("'shape' may contain one -1 and no 0", argument: "shape")
    }
    let known = Shape(target.filter { $0 > 0 }).count
    var dims = target
    if let open = target.firstIndex(of: -1), count % known == 0 { dims[open] = count / known }
    guard Shape(dims).count == count, !dims.contains(-1) else {
      throw ShapeMismatch(
        "\(inputs[0]) has \(count) values for each example and cannot become "
          + "\(Shape(target.map { max($0, -1) }))", argument: "shape")
    }
    return LayerPlan(Shape(dims), .reshape(dims))
  }
}
