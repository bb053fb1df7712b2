import ExperimentConfig

struct Conv2d: Layer {
  static let schema = ComponentSchema(
    "conv2d", main: "out_channels",
    [
      Field(
        "out_channels", .integer(.between(1, 1e6)), .required, doc: "Number of output channels."),
      Field("kernel_size", Sliding.pair, .required, doc: "Size of the window, one number or two."),
      Sliding.stride,
      Field(
        "padding", .oneOf([Sliding.paddingPair, .choice(["same", "valid"])]), default: "0",
        doc: "Zeros added on each side, or same for an output of the input's size."),
      Sliding.dilation,
      Field(
        "groups", .integer(.between(1, 1e6)), default: "1",
        doc: "Number of groups of channels that are convolved separately."),
      Field("bias", .boolean, default: "true", doc: "Whether to add a bias."),
      Field(
        "init", .choice(["default", "kaiming_normal"]), default: "default",
        doc:
          "The initial weight: PyTorch's default, or normal with variance 2 / fan_out (He et al., "
          + "2015), as torchvision's ResNets do."),
    ],
    doc: "A two-dimensional convolution; the input channels are inferred.")

  private let outChannels: Int
  private let kernel: Pair
  private let stride: Pair
  private let padding: Pair?
  private let isSame: Bool
  private let dilation: Pair
  private let groups: Int
  private let hasBias: Bool
  private let isKaimingNormal: Bool

  init(_ arguments: Arguments) throws {
    outChannels = try arguments.integer("out_channels")
    kernel = Pair(try arguments.integers("kernel_size"))
    stride = Pair(try arguments.integers("stride"))
    dilation = Pair(try arguments.integers("dilation"))
    let word = arguments.word("padding")
    isSame = word == "same"
    padding = word == nil ? Pair(try arguments.integers("padding")) : nil
    groups = try arguments.integer("groups")
    hasBias = try arguments.boolean("bias")
    isKaimingNormal = arguments.word("init") == "kaiming_normal"
  }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let image = try ImageShape(inputs[0])
    try Sliding.checkGroups(groups, inputs: image.channels, outputs: outChannels)
    let geometry = try geometry()
    let height = try Sliding.places(
      size: image.height, kernel: kernel.height, stride: stride.height,
      padding: geometry.padding.height, extra: geometry.extraPadding.height,
      dilation: dilation.height, side: "height")
    let width = try Sliding.places(
      size: image.width, kernel: kernel.width, stride: stride.width,
      padding: geometry.padding.width, extra: geometry.extraPadding.width,
      dilation: dilation.width, side: "width")
    let output: Shape = [outChannels, height, width]

    let inGroup = image.channels / groups
    let fanIn = Saturating.product(inGroup, kernel.height, kernel.width)
    let fanOut = Saturating.product(outChannels, kernel.height, kernel.width)
    var parameters = [
      ParameterSpec(
        "weight", [outChannels, inGroup, kernel.height, kernel.width],
        isKaimingNormal ? .kaimingNormal(fanOut: fanOut) : .uniform(fanIn: fanIn))
    ]
    if hasBias { parameters.append(ParameterSpec("bias", [outChannels], .uniform(fanIn: fanIn))) }
    let flops = Saturating.multiply(
      output.count, Saturating.add(Saturating.multiply(2, fanIn), hasBias ? 1 : 0))
    return LayerPlan(output, .conv2d(geometry), parameters: parameters, flops: flops)
  }

  private func geometry() throws(ShapeMismatch) -> Operation.Conv2d {
    var padding = self.padding ?? Pair(0, 0)
    var extra = Pair(0, 0)
    if isSame {
      if stride != Pair(1, 1) {
        throw ShapeMismatch("'padding: same' needs a stride of 1", argument: "padding")
      }
      let height = dilation.height * (kernel.height - 1)
      let width = dilation.width * (kernel.width - 1)
      padding = Pair(height / 2, width / 2)
      extra = Pair(height % 2, width % 2)
    }
    return Operation.Conv2d(
      stride: stride, padding: padding, extraPadding: extra, dilation: dilation, groups: groups)
  }
}
