import ExperimentConfig

struct Embedding: Layer {
  static let schema = ComponentSchema(
    "embedding",
    [
      // Larger integers are not exact in the 32-bit floats that inputs are.
      Field(
        "num_embeddings", .integer(.between(1, 16_777_216)), .required,
        doc: "The number of rows; the input holds integers from 0 up to it, exclusive."),
      Field("embedding_dim", .integer(.between(1, 1e8)), .required, doc: "The size of a row."),
      Field(
        "padding_idx", .integer(.any), .optional,
        doc: "A row that starts as zeros and is not trained; negative numbers count from the end."),
      InitialValues.plain(standard: "{normal: 1}"),
    ],
    doc: "A learned row for each integer of the input, as a new last dimension.")

  private let count: Int
  private let size: Int
  private let padding: Int?
  private let initialValues: InitialValues

  init(_ arguments: Arguments) throws {
    count = try arguments.integer("num_embeddings")
    size = try arguments.integer("embedding_dim")
    padding = arguments.has("padding_idx") ? try arguments.integer("padding_idx") : nil
    initialValues = try InitialValues(arguments)
  }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    var row: Int?
    if let padding {
      guard (-count..<count).contains(padding) else {
        throw ShapeMismatch(
          "'padding_idx' is \(padding), but there are \(count) embeddings",
          argument: "padding_idx")
      }
      row = padding < 0 ? padding + count : padding
    }
    var initializer = try initialValues.initializer(standard: .normal(std: 1))
    if case .normal(let std, _) = initializer { initializer = .normal(std: std, zeroRow: row) }
    return LayerPlan(
      Shape(inputs[0].dims + [size]), .embedding(paddingIndex: row),
      parameters: [ParameterSpec("weight", [count, size], initializer)])
  }
}
