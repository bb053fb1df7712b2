import ExperimentConfig

/// Arguments that several transforms share.
enum ArgumentFields {
  static let side = SchemaType.integer(.between(1, Double(ImageType.maximumSide)))

  static func size(_ doc: String) -> Field {
    Field("size", .scalarOrList(side, count: 1...2), .required, doc: doc)
  }

  static let fill = Field(
    "fill", .scalarOrList(.number(.any), count: 1...1024), default: "0",
    doc: "The fill value outside the image, one number or one for each channel; 0 to 255 for bytes."
  )

  static let paddingMode = Field(
    "padding_mode", .choice(PaddingMode.allCases.map(\.rawValue)), default: "constant",
    doc:
      "How to fill the border: with fill, with the edge pixels, or with the image mirrored without "
      + "or with its edge pixels.")

  static func padding(_ presence: Field.Presence) -> Field {
    Field(
      "padding",
      .scalarOrList(.integer(.between(0, Double(ImageType.maximumSide))), count: 1...4), presence,
      doc: "Pixels added: one number, [left and right, top and bottom] or "
        + "[left, top, right, bottom].")
  }

  static let interpolation = Field(
    "interpolation", .choice(["nearest", "bilinear"]), default: "nearest",
    doc: "How to interpolate between pixels.")

  static let resampling = Field(
    "interpolation", .choice(["nearest", "bilinear", "bicubic"]), default: "bilinear",
    doc: "How to interpolate between pixels.")

  static let antialias = Field(
    "antialias", .boolean, default: "true",
    doc: "Whether downscaling averages over all pixels; for bytes it always does, as in Pillow.")

  static func probability(_ doc: String) -> Field {
    Field("p", .number(.unit), default: "0.5", doc: doc)
  }

  static func degrees(_ doc: String) -> Field {
    Field(
      "degrees", .scalarOrList(.number(.between(-3600, 3600)), count: 2...2), .required, doc: doc)
  }
}

extension Arguments {
  /// `height` and `width`; one number sets both.
  func size() throws -> (height: Int, width: Int) {
    let values = try integers("size")
    return (values[0], values[values.count - 1])
  }

  func interpolation() throws -> Interpolation {
    Interpolation(rawValue: try string("interpolation")) ?? .nearest
  }

  func paddingMode() throws -> PaddingMode {
    PaddingMode(rawValue: try string("padding_mode")) ?? .constant
  }
}

extension ImageType {
  /// The value of each channel outside the image.
  func fill(_ values: [Double]) throws(TransformMismatch) -> [Float] {
    let floats = try spread(values, "fill")
    if !isFloat, let value = values.first(where: { !(0...255).contains($0) || $0 != $0.rounded() })
    {
      throw TransformMismatch(
        "'fill' is \(NumberText.short(value)), but the images are bytes, whole numbers from 0 to "
          + "255",
        hint: "put to_tensor before it for floats", argument: "fill")
    }
    return floats
  }

  /// One value for each channel, from a single value or a list of them.
  func spread(_ values: [Double], _ name: String) throws(TransformMismatch) -> [Float] {
    guard values.count == 1 || values.count == channels else {
      throw TransformMismatch(
        "'\(name)' has \(values.count) values, but the images have \(channels) "
          + (channels == 1 ? "channel" : "channels"), argument: name)
    }
    let floats = values.map(Float.init)
    return floats.count == 1 ? Array(repeating: floats[0], count: channels) : floats
  }

  /// The type, once its sides are known to be within the limit.
  func checked(_ argument: String) throws(TransformMismatch) -> ImageType {
    if max(height, width) > Self.maximumSide {
      throw TransformMismatch(
        "'\(argument)' makes images of \(sizeDescription), but a side can have at most "
          + "\(Self.maximumSide) pixels",
        argument: argument)
    }
    return self
  }

  /// - Throws: if bytes are to be resampled without antialiasing.
  func allowsAntialias(
    _ antialias: Bool, _ interpolation: Interpolation
  ) throws(TransformMismatch) {
    if !antialias, !isFloat, interpolation != .nearest {
      throw TransformMismatch(
        "'antialias' cannot be false on bytes, which are resampled as Pillow does",
        hint: "put to_tensor before it", argument: "antialias")
    }
  }

  /// - Throws: unless there are one or three channels.
  func needsColours(_ name: String) throws(TransformMismatch) {
    if channels != 1 && channels != 3 {
      throw TransformMismatch(
        "'\(name)' needs grey images or 3 colour channels, but the images have \(channels)")
    }
  }

  /// - Throws: for bytes.
  func needsFloats(_ name: String) throws(TransformMismatch) {
    if !isFloat {
      throw TransformMismatch(
        "'\(name)' needs floats, but the images are bytes", hint: "put to_tensor before it")
    }
  }
}

extension ValueRange {
  /// `[low, high]`, or a number for the range from its negative to itself.
  static func symmetric(
    _ values: [Double], _ name: String
  ) throws(TransformMismatch) -> ValueRange {
    if values.count == 1 {
      if values[0] < 0 {
        throw TransformMismatch(
          "'\(name)' is \(NumberText.short(values[0])); one number means from -number to number "
            + "and cannot be negative", hint: "write \(NumberText.short(-values[0]))",
          argument: name)
      }
      return ValueRange(-values[0], values[0])
    }
    return try ordered(values[0], values[1], name)
  }

  /// The range from `low` to `high`.
  static func ordered(
    _ low: Double, _ high: Double, _ name: String
  ) throws(TransformMismatch) -> ValueRange {
    if low > high {
      let ends = (NumberText.short(low), NumberText.short(high))
      throw TransformMismatch(
        "'\(name)' is an empty range, from \(ends.0) to \(ends.1)",
        hint: "write [\(ends.1), \(ends.0)]", argument: name)
    }
    return ValueRange(low, high)
  }
}
