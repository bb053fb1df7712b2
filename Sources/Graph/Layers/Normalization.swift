import ExperimentConfig

/// Shared by the normalization layers.
enum Normalization {
  static let eps = Field(
    "eps", .number(.positive), default: "1e-5",
    doc: "Added to the variance for numerical stability.")
  static let affine = Field(
    "affine", .boolean, default: "true", doc: "Whether scale and shift are learned.")

  static func affineParameters(_ shape: [Int], bias: Bool = true) -> [ParameterSpec] {
    let weight = ParameterSpec("weight", shape, .ones)
    return bias ? [weight, ParameterSpec("bias", shape, .zeros)] : [weight]
  }

  /// Running statistics of each channel, with PyTorch's names.
  static func statistics(_ channels: Int) -> [ParameterSpec] {
    [
      ParameterSpec("running_mean", [channels], .zeros, role: .buffer),
      ParameterSpec("running_var", [channels], .ones, role: .buffer),
      ParameterSpec("num_batches_tracked", [], .zeros, role: .counter),
    ]
  }

  /// Floating-point operations for mean, variance, scaling and shifting.
  static func flops(_ shape: Shape) -> Int { Saturating.multiply(shape.count, 7) }
}

/// The arguments and state of batch normalisation in any number of dimensions.
struct BatchNorm {
  static let fields = [
    Normalization.eps,
    Field(
      "momentum", .number(.unit), .defaulted("0.1"),
      doc: "Weight of a new batch in the running statistics; null for the mean over all batches.",
      isNullable: true),
    Normalization.affine,
    Field(
      "track_running_stats", .boolean, default: "true",
      doc: "Whether evaluation uses running statistics instead of the batch's."),
  ]

  private let eps: Double
  private let momentum: Double?
  private let isAffine: Bool
  private let isTracking: Bool

  init(_ arguments: Arguments) throws {
    eps = try arguments.number("eps")
    momentum = arguments.has("momentum") ? try arguments.number("momentum") : nil
    isAffine = try arguments.boolean("affine")
    isTracking = try arguments.boolean("track_running_stats")
  }

  func plan(_ shape: Shape) -> LayerPlan {
    let channels = shape.dims[0]
    var parameters = isAffine ? Normalization.affineParameters([channels]) : []
    if isTracking { parameters += Normalization.statistics(channels) }
    return LayerPlan(
      shape, .batchNorm(momentum: momentum, eps: eps), parameters: parameters,
      flops: Normalization.flops(shape))
  }
}
