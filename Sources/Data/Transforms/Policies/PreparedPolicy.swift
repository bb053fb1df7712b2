import ExperimentConfig

/// Applies the changes that a policy chooses for each image, one after the other. Bytes only.
struct PreparedPolicy: PreparedStep {
  let input: ImageType
  let interpolation: Interpolation
  /// One value for each channel.
  let fill: [Float]
  /// The changes of one image.
  let choose: @Sendable (Draws) -> [PolicyChange]

  /// An image between two changes.
  var scratchSize: Int { input.byteCount }

  func apply(
    _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
  ) {
    apply(draws.map(choose) ?? [], input, output, scratch)
  }

  func apply(
    _ changes: [PolicyChange], _ input: Pixels, _ output: Pixels,
    _ scratch: UnsafeMutableRawPointer
  ) {
    if changes.isEmpty { return output.copy(from: input) }
    let between = Pixels(type: input.type, base: scratch)
    var current = input
    for (place, change) in changes.enumerated() {
      // The last one writes to the output.
      let target = (changes.count - place) % 2 == 1 ? output : between
      change.apply(current, target, interpolation: interpolation, fill: fill)
      current = target
    }
  }
}

extension ImageType {
  /// - Throws: unless there are bytes of one or three channels.
  func allowsPolicy(_ name: String) throws(TransformMismatch) {
    if isFloat {
      throw TransformMismatch(
        "'\(name)' needs bytes, but the images are floats", hint: "put it before to_tensor")
    }
    try needsColours(name)
  }
}

extension ArgumentFields {
  static let magnitudeBins = Field(
    "num_magnitude_bins", .integer(.between(2, 1000)), default: "31",
    doc: "Number of magnitudes, from 0, the weakest.")
}
