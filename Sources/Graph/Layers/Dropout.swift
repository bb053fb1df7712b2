import ExperimentConfig

struct Dropout: Elementwise {
  static let schema = ComponentSchema(
    "dropout", main: "p", [probability],
    doc: "Zeroes values at random while training and scales the others by 1 / (1 - p).")
  static let flopsPerValue = 1
  static let probability = Field(
    "p", .number(.unit), default: "0.5", doc: "Probability of being zeroed.")

  private let p: Double

  init(_ arguments: Arguments) throws { p = try arguments.number("p") }

  func operation() -> Operation { .dropout(p: p, wholeChannels: false) }
}
