import ExperimentConfig

struct ChannelShuffle: Layer {
  static let schema = ComponentSchema(
    "channel_shuffle", main: "groups",
    [
      Field(
        "groups", .integer(.between(1, 1e6)), .required,
        doc: "Number of groups, which must divide the number of channels.")
    ],
    doc:
      "Interleaves groups of channels: the first of each, then the second of each (ShuffleNet).")

  private let groups: Int

  init(_ arguments: Arguments) throws { groups = try arguments.integer("groups") }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let shape = inputs[0]
    guard shape.rank >= 2, let channels = shape.dims.first else {
      throw ShapeMismatch("needs [N, channels, …], but its input is \(shape)")
    }
    if channels % groups != 0 {
      throw ShapeMismatch(
        "'groups' is \(groups) and must divide the \(channels) channels", argument: "groups")
    }
    return LayerPlan(shape, .channelShuffle(groups: groups))
  }
}
