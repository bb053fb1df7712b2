import ExperimentConfig

struct MultiHeadAttention: Layer {
  static let schema = ComponentSchema(
    "multi_head_attention", main: "num_heads",
    [
      Field(
        "num_heads", .integer(.between(1, 1e6)), .required,
        doc: "Heads, each on its part of the features."),
      Field(
        "dropout", .number(.unit), default: "0.0",
        doc: "Probability that an attention weight is zeroed while training."),
      Field("bias", .boolean, default: "true", doc: "Whether the projections have a bias."),
      Field(
        "is_causal", .boolean, default: "false",
        doc: "Whether a position sees only itself and those before it."),
      Sequences.batchFirst,
    ],
    aliases: ["multihead_attention", "attention"],
    doc: "Scaled dot-product attention of [N, positions, features] to itself, as "
      + "nn.MultiheadAttention; with from: [query, memory] or from: [query, key, value] to other "
      + "nodes. The sizes are inferred.")
  static let inputCount = 1...3

  private let heads: Int
  private let dropout: Double
  private let hasBias: Bool
  private let isCausal: Bool
  private let isBatchFirst: Bool

  init(_ arguments: Arguments) throws {
    heads = try arguments.integer("num_heads")
    dropout = try arguments.number("dropout")
    hasBias = try arguments.boolean("bias")
    isCausal = try arguments.boolean("is_causal")
    isBatchFirst = try arguments.boolean("batch_first")
  }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    try Sequences.check(isBatchFirst: isBatchFirst)
    for shape in inputs { try Sequences.check(shape) }
    let query = inputs[0].dims
    let key = inputs[min(1, inputs.count - 1)].dims
    let value = inputs[inputs.count - 1].dims
    let features = query[1]
    guard features % heads == 0 else {
      throw ShapeMismatch(
        "'num_heads' is \(heads) and must divide the \(features) features of \(inputs[0])",
        argument: "num_heads")
    }
    guard key[0] == value[0] else {
      throw ShapeMismatch(
        "needs as many keys as values, found \(inputs[1]) and \(inputs[inputs.count - 1])")
    }
    let operation = Operation.attention(
      Operation.Attention(heads: heads, dropout: dropout, isCausal: isCausal))
    return LayerPlan(
      inputs[0], operation, parameters: parameters(features, key: key[1], value: value[1]),
      flops: flops(query, key, value: value[1]))
  }

  /// PyTorch's: one matrix for the three projections if all inputs have as many features, otherwise three.
  private func parameters(_ features: Int, key: Int, value: Int) -> [ParameterSpec] {
    func xavier(_ rows: Int, _ columns: Int) -> ParameterSpec.Initializer {
      .symmetricUniform(bound: (6 / (Double(rows) + Double(columns))).squareRoot())
    }
    let tripled = Saturating.multiply(3, features)
    var specs: [ParameterSpec] = []
    if key == features, value == features {
      specs.append(
        ParameterSpec("in_proj_weight", [tripled, features], xavier(tripled, features)))
    } else {
      for (name, size) in [("q", features), ("k", key), ("v", value)] {
        specs.append(
          ParameterSpec("\(name)_proj_weight", [features, size], xavier(features, size)))
      }
    }
    if hasBias { specs.append(ParameterSpec("in_proj_bias", [tripled], .zeros)) }
    specs.append(
      ParameterSpec("out_proj.weight", [features, features], .uniform(fanIn: features)))
    if hasBias { specs.append(ParameterSpec("out_proj.bias", [features], .zeros)) }
    return specs
  }

  /// The four projections, the two products of the attention, and the softmax.
  private func flops(_ query: [Int], _ key: [Int], value: Int) -> Int {
    let features = query[1]
    let bias = hasBias ? 1 : 0
    func projection(_ positions: Int, _ size: Int) -> Int {
      Saturating.product(
        positions, features, Saturating.add(Saturating.multiply(2, size), bias))
    }
    let products = Saturating.product(4, query[0], key[0], features)
    let softmax = Saturating.product(5, heads, query[0], key[0])
    return [
      Saturating.multiply(2, projection(query[0], features)), projection(key[0], key[1]),
      projection(key[0], value), products, softmax,
    ].reduce(0, Saturating.add)
  }
}
