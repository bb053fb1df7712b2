import ExperimentConfig

struct Conv1d: Layer {
  static let schema = ComponentSchema(
    "conv1d", main: "out_channels",
    [
      Field(
        "out_channels", .integer(.between(1, 1e6)), .required, doc: "Number of output channels."),
      Sliding1d.kernel, Sliding1d.stride,
      Field(
        "padding", .oneOf([Sliding1d.paddingSize, .choice(["same", "valid"])]), default: "0",
        doc: "Zeros added on each end, or same for an output of the input's length."),
      Sliding1d.dilation,
      Field(
        "groups", .integer(.between(1, 1e6)), default: "1",
        doc: "Number of groups of channels that are convolved separately."),
      Field("bias", .boolean, default: "true", doc: "Whether to add a bias."),
    ],
    doc: "A convolution of sequences [N, channels, length]; the input channels are inferred.")

  private let outChannels: Int
  private let kernel: Int
  private let stride: Int
  private let padding: Int?
  private let isSame: Bool
  private let dilation: Int
  private let groups: Int
  private let hasBias: Bool

  init(_ arguments: Arguments) throws {
    outChannels = try arguments.integer("out_channels")
    kernel = try arguments.integer("kernel_size")
    stride = try arguments.integer("stride")
    dilation = try arguments.integer("dilation")
    let word = arguments.word("padding")
    isSame = word == "same"
    padding = word == nil ? try arguments.integer("padding") : nil
    groups = try arguments.integer("groups")
    hasBias = try arguments.boolean("bias")
  }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let sequence = try SequenceShape(inputs[0], counterpart: "conv2d")
    try Sliding.checkGroups(groups, inputs: sequence.channels, outputs: outChannels)
    if isSame, stride != 1 {
      throw ShapeMismatch("'padding: same' needs a stride of 1", argument: "padding")
    }
    let added = isSame ? dilation * (kernel - 1) : 0
    let geometry = Operation.Conv1d(
      stride: stride, padding: padding ?? added / 2, extraPadding: added % 2, dilation: dilation,
      groups: groups)
    let length = try Sliding.places(
      size: sequence.length, kernel: kernel, stride: stride, padding: geometry.padding,
      extra: geometry.extraPadding, dilation: dilation, side: "length")
    let output: Shape = [outChannels, length]
    let inGroup = sequence.channels / groups
    let fanIn = Saturating.multiply(inGroup, kernel)
    var parameters = [
      ParameterSpec("weight", [outChannels, inGroup, kernel], .uniform(fanIn: fanIn))
    ]
    if hasBias { parameters.append(ParameterSpec("bias", [outChannels], .uniform(fanIn: fanIn))) }
    let flops = Saturating.multiply(
      output.count, Saturating.add(Saturating.multiply(2, fanIn), hasBias ? 1 : 0))
    return LayerPlan(output, .conv1d(geometry), parameters: parameters, flops: flops)
  }
}
