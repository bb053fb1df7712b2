import ExperimentConfig

struct LSTM: Layer {
  static let schema = ComponentSchema(
    "lstm", main: "hidden_size", RecurrentNetwork.fields,
    doc: "A long short-term memory network on [N, steps, features], as nn.LSTM, starting from "
      + "zeros; the input size is inferred.")

  private let network: RecurrentNetwork

  init(_ arguments: Arguments) throws { network = try RecurrentNetwork(arguments, .lstm) }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    try network.plan(inputs[0], gates: 4)
  }
}
