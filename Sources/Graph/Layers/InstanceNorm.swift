import ExperimentConfig

/// The arguments and state of instance normalisation of sequences or images.
struct InstanceNorm {
  static let fields = [
    Normalization.eps,
    Field(
      "momentum", .number(.unit), default: "0.1",
      doc: "Weight of a new batch in the running statistics."),
    Field("affine", .boolean, default: "false", doc: "Whether scale and shift are learned."),
    Field(
      "track_running_stats", .boolean, default: "false",
      doc: "Whether evaluation uses running statistics instead of the example's."),
  ]

  private let eps: Double
  private let momentum: Double
  private let isAffine: Bool
  private let isTracking: Bool

  init(_ arguments: Arguments) throws {
    eps = try arguments.number("eps")
    momentum = try arguments.number("momentum")
    isAffine = try arguments.boolean("affine")
    isTracking = try arguments.boolean("track_running_stats")
  }

  func plan(_ shape: Shape) throws(ShapeMismatch) -> LayerPlan {
    let channels = shape.dims[0]
    if shape.count == channels {
      throw ShapeMismatch(
        "has one value in each channel of \(shape), so its output would always be zero")
    }
    var parameters = isAffine ? Normalization.affineParameters([channels]) : []
    if isTracking { parameters += Normalization.statistics(channels) }
    return LayerPlan(
      shape, .instanceNorm(momentum: momentum, eps: eps), parameters: parameters,
      flops: Normalization.flops(shape))
  }
}
