import ExperimentConfig

struct StochasticDepth: Elementwise {
  static let schema = ComponentSchema(
    "stochastic_depth", main: "p",
    [
      Field("p", .number(.unit), .required, doc: "Probability of being zeroed."),
      Field(
        "mode", .choice(["row", "batch"]), default: "row",
        doc: "Whether each example is drawn for itself, or the whole batch at once."),
    ],
    aliases: ["drop_path"],
    doc: "Zeroes whole examples at random while training and scales the others by 1 / (1 - p): the "
      + "residual branch before an addition (Huang et al., 2016).")
  static let flopsPerValue = 1

  private let p: Double
  private let isWholeBatch: Bool

  init(_ arguments: Arguments) throws {
    p = try arguments.number("p")
    isWholeBatch = try arguments.string("mode") == "batch"
  }

  func operation() -> Operation { .stochasticDepth(p: p, wholeBatch: isWholeBatch) }
}
