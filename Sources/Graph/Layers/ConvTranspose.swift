import ExperimentConfig

/// The arguments and geometry of transposed convolutions of sequences or images.
struct ConvTranspose {
  /// - Parameters:
  ///   - size: the type of `kernel_size`, `stride` and `dilation`.
  ///   - paddingSize: the type of `padding` and `output_padding`.
  static func fields(size: SchemaType, paddingSize: SchemaType, kernelDoc: String) -> [Field] {
    [
      Field(
        "out_channels", .integer(.between(1, 1e6)), .required, doc: "Number of output channels."),
      Field("kernel_size", size, .required, doc: kernelDoc),
      Field("stride", size, default: "1", doc: "Distance between the inputs in the output."),
      Field(
        "padding", paddingSize, default: "0", doc: "Values removed on each side."),
      Field(
        "output_padding", paddingSize, default: "0",
        doc: "Values added at the end; smaller than stride or dilation."),
      Field(
        "groups", .integer(.between(1, 1e6)), default: "1",
        doc: "Number of groups of channels that are convolved separately."),
      Field("bias", .boolean, default: "true", doc: "Whether to add a bias."),
      Field("dilation", size, default: "1", doc: "Distance between the window's points."),
    ]
  }

  private let outChannels: Int
  private let kernel: [Int]
  private let geometry: Operation.ConvTranspose
  private let hasBias: Bool

  /// - Parameter sides: the names of the dimensions, `height` and `width`.
  init(_ arguments: Arguments, sides: [String]) throws {
    func sizes(_ name: String) throws -> [Int] {
      let values = try arguments.integers(name)
      return values.count == 1 ? Array(repeating: values[0], count: sides.count) : values
    }
    self.sides = sides
    outChannels = try arguments.integer("out_channels")
    kernel = try sizes("kernel_size")
    geometry = Operation.ConvTranspose(
      stride: try sizes("stride"), padding: try sizes("padding"),
      outputPadding: try sizes("output_padding"), dilation: try sizes("dilation"),
      groups: try arguments.integer("groups"))
    hasBias = try arguments.boolean("bias")
  }

  private let sides: [String]

  /// - Parameter input: channels and one size for each of the dimensions.
  func plan(_ input: Shape) throws(ShapeMismatch) -> LayerPlan {
    let channels = input.dims[0]
    try Sliding.checkGroups(geometry.groups, inputs: channels, outputs: outChannels)
    var dims = [outChannels]
    for place in sides.indices { dims.append(try size(input.dims[place + 1], place)) }
    let output = Shape(dims)
    let outGroup = outChannels / geometry.groups
    let fan = kernel.reduce(outGroup, Saturating.multiply)
    var parameters = [
      ParameterSpec("weight", [channels, outGroup] + kernel, .uniform(fanIn: fan))
    ]
    if hasBias { parameters.append(ParameterSpec("bias", [outChannels], .uniform(fanIn: fan))) }
    let flops = Saturating.add(
      Saturating.product(2, input.count, fan), hasBias ? output.count : 0)
    return LayerPlan(output, .convTranspose(geometry), parameters: parameters, flops: flops)
  }

  /// The output's size in one dimension (PyTorch's formula for ConvTranspose2d).
  private func size(_ input: Int, _ place: Int) throws(ShapeMismatch) -> Int {
    let (stride, dilation) = (geometry.stride[place], geometry.dilation[place])
    let added = geometry.outputPadding[place]
    if added >= max(stride, dilation) {
      throw ShapeMismatch(
        "'output_padding' is \(added) and must be smaller than the stride \(stride) or the dilation "
          + "\(dilation)", argument: "output_padding")
    }
    let covered = Saturating.add(
      Saturating.multiply(input - 1, stride), dilation * (kernel[place] - 1) + 1 + added)
    let size = covered - 2 * geometry.padding[place]
    if size <= 0 {
      throw ShapeMismatch(
        "'padding' is \(geometry.padding[place]) and would remove all \(covered) values in "
          + sides[place], argument: "padding")
    }
    return size
  }
}
