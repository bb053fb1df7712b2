import ExperimentConfig

/// The arguments and parameters that the recurrent layers share.
struct RecurrentNetwork {
  static let fields = [
    Field(
      "hidden_size", .integer(.between(1, 1e6)), .required, doc: "Features of the hidden state."),
    Field("num_layers", .integer(.between(1, 1000)), default: "1", doc: "Layers on each other."),
    Field("bias", .boolean, default: "true", doc: "Whether biases are added."),
    Sequences.batchFirst,
    Field(
      "dropout", .number(.unit), default: "0.0",
      doc: "Probability of being zeroed while training, of the outputs of all layers but the last."),
    Field(
      "bidirectional", .boolean, default: "false",
      doc: "Whether a second network reads backwards; its features follow the first one's."),
    Field(
      "output", .choice(["sequence", "last"]), default: "sequence",
      doc: "sequence: the last layer's output at every step. last: its final hidden state, which "
        + "is the output at the last step, and for the network that reads backwards at the first."),
  ]

  private let operation: Operation.Recurrent
  private let isBatchFirst: Bool

  init(_ arguments: Arguments, _ cell: Operation.Recurrent.Cell) throws {
    operation = Operation.Recurrent(
      cell: cell, hiddenSize: try arguments.integer("hidden_size"),
      layers: try arguments.integer("num_layers"),
      isBidirectional: try arguments.boolean("bidirectional"),
      hasBias: try arguments.boolean("bias"), dropout: try arguments.number("dropout"),
      returnsLast: try arguments.string("output") == "last")
    isBatchFirst = try arguments.boolean("batch_first")
  }

  /// - Parameter gates: vectors of the hidden size that a cell computes from its input, and from its state.
  func plan(_ shape: Shape, gates: Int) throws(ShapeMismatch) -> LayerPlan {
    try Sequences.check(isBatchFirst: isBatchFirst)
    try Sequences.check(shape)
    let hidden = operation.hiddenSize
    let directions = operation.isBidirectional ? 2 : 1
    let rows = gates * hidden
    var specs: [ParameterSpec] = []
    var flops = 0
    for layer in 0..<operation.layers {
      let features = layer == 0 ? shape.dims[1] : directions * hidden
      for suffix in ["", "_reverse"].prefix(directions) {
        let initial = ParameterSpec.Initializer.uniform(fanIn: hidden)
        specs.append(ParameterSpec("weight_ih_l\(layer)\(suffix)", [rows, features], initial))
        specs.append(ParameterSpec("weight_hh_l\(layer)\(suffix)", [rows, hidden], initial))
        if operation.hasBias {
          specs.append(ParameterSpec("bias_ih_l\(layer)\(suffix)", [rows], initial))
          specs.append(ParameterSpec("bias_hh_l\(layer)\(suffix)", [rows], initial))
        }
        let perStep = Saturating.multiply(
          rows, Saturating.add(Saturating.multiply(2, features), 2 * hidden + 5))
        flops = Saturating.add(flops, Saturating.multiply(shape.dims[0], perStep))
      }
    }
    let width = directions * hidden
    return LayerPlan(
      operation.returnsLast ? [width] : [shape.dims[0], width], .recurrent(operation),
      parameters: specs, flops: flops)
  }
}
