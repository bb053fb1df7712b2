import ExperimentConfig

struct GRU: Layer {
  static let schema = ComponentSchema(
    "gru", main: "hidden_size", RecurrentNetwork.fields,
    doc: "A network of gated recurrent units on [N, steps, features], as nn.GRU, starting from "
      + "zeros; the input size is inferred.")

  private let network: RecurrentNetwork

  init(_ arguments: Arguments) throws { network = try RecurrentNetwork(arguments, .gru) }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    try network.plan(inputs[0], gates: 3)
  }
}
