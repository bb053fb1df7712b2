/// What a transform does to every image in evaluation, as plain numbers, for programs that repeat it elsewhere.
package enum EvaluationStep: Sendable, Equatable {
  case unchanged
  /// The input row of each output row, and the column of each column; -1 for the fill.
  ///
  /// - Parameter fill: one value for each channel; empty for zeros.
  case pick(rows: [Int], columns: [Int], fill: [Float])
  case resample(Resampling)
  /// The brightness of each pixel in this many equal channels.
  case grayscale(channels: Int)
  /// Bytes to floats: x / 255.
  case divideBy255
  /// Bytes to floats: x times the float nearest to 1 / 255.
  case multiplyBy255th
  /// Floats to bytes: x times 255.999, clipped to 0...255 and truncated.
  case toBytes
  /// (x - mean) / std, one value for each channel.
  case normalize(mean: [Float], std: [Float])
  /// Normalisation whose statistics are not known yet.
  case unfitted

  /// Separable resampling, bytes as in Pillow and floats as in `torch.nn.functional.interpolate`.
  package struct Resampling: Sendable, Equatable {
    package let filter: Interpolation
    /// For floats; bytes are always antialiased.
    package let antialias: Bool
    package let rows: Axis
    package let columns: Axis
    /// Whether rows of bytes are resampled before columns; the result of each pass is rounded.
    package let isVerticalFirst: Bool

    init(_ filter: Interpolation, antialias: Bool, rows: ResampleAxis, columns: ResampleAxis) {
      self.filter = filter
      self.antialias = antialias
      self.rows = Axis(axis: rows)
      self.columns = Axis(axis: columns)
      isVerticalFirst = ByteResampling.isVerticalFirst(columns: columns, rows: rows)
    }
  }

  /// One axis of a resampling.
  package struct Axis: Sendable, Equatable {
    let axis: ResampleAxis

    /// Pixels of the input, and of the part of the output that is computed.
    package var input: Int { axis.input }
    package var count: Int { axis.count }

    /// Whether each output pixel is the input pixel at its place.
    package var isIdentity: Bool {
      axis.input == axis.output && axis.first == 0 && axis.count == axis.input
    }

    /// The weights for bytes in units of 2⁻²², [output, input].
    package func byteWeights() -> [Int32] {
      Self.matrix(.bytes(axis), input: axis.input, zero: 0)
    }

    /// The weights for floats, [output, input].
    package func floatWeights(antialias: Bool) -> [Float] {
      Self.matrix(.floats(axis, antialias: antialias), input: axis.input, zero: 0)
    }

    /// The input pixel of each output pixel for the filter `nearest`.
    package func nearest(isFloat: Bool) -> [Int] {
      (isFloat ? NearestTable.floats(axis) : NearestTable.bytes(axis)).map(Int.init)
    }

    private static func matrix<Weight>(
      _ table: ResampleTable<Weight>, input: Int, zero: Weight
    ) -> [Weight] {
      var matrix = Array(repeating: zero, count: table.size * input)
      _ = table.withWeights { weights in
        for index in 0..<weights.size {
          for tap in 0..<Int(weights.counts[index]) {
            matrix[index * input + Int(weights.starts[index]) + tap] =
              weights.weights[index * weights.stride + tap]
          }
        }
      }
      return matrix
    }
  }
}

extension TransformStep {
  /// What the step does in evaluation to images of type `input`.
  package func evaluation(of input: ImageType) -> EvaluationStep {
    switch self {
    case .scale: return .divideBy255
    case .convert(let step): return step.isFloat ? .multiplyBy255th : .toBytes
    case .normalize(let mean, let std): return .normalize(mean: mean, std: std)
    case .normalizeByTraining: return .unfitted
    case .grayscale(let step): return .grayscale(channels: step.channels)
    case .resize(let step):
      if (input.height, input.width) == (step.height, step.width) { return .unchanged }
      return .resample(
        EvaluationStep.Resampling(
          step.interpolation, antialias: step.antialias,
          rows: ResampleAxis(step.interpolation, input: input.height, output: step.height),
          columns: ResampleAxis(step.interpolation, input: input.width, output: step.width)))
    case .randomResizedCrop(let step):
      let part = step.evaluation(of: input)
      return .resample(
        EvaluationStep.Resampling(
          part.filter, antialias: part.antialias,
          rows: ResampleAxis(
            part.filter, input: input.height, output: part.height, first: part.top,
            count: step.height),
          columns: ResampleAxis(
            part.filter, input: input.width, output: part.width, first: part.left,
            count: step.width)))
    case .centerCrop(let step):
      let places = step.places(in: input)
      return .pick(rows: places.rows, columns: places.columns, fill: step.fill)
    case .pad(let step):
      return .pick(
        rows: step.rows(of: input).map(Int.init), columns: step.columns(of: input).map(Int.init),
        fill: step.fill)
    case .randomCrop(let step):
      let (rows, columns) = (step.padding.rows(of: input), step.padding.columns(of: input))
      let top = CenterCropStep.offset(rows.count, step.height)
      let left = CenterCropStep.offset(columns.count, step.width)
      return .pick(
        rows: rows[top..<top + step.height].map(Int.init),
        columns: columns[left..<left + step.width].map(Int.init), fill: step.padding.fill)
    case .mirror:
      return .pick(
        rows: Array(0..<input.height), columns: Array((0..<input.width).reversed()), fill: [])
    case .randomFlip, .randomRotation, .randomAffine, .randomPerspective, .colorJitter,
      .randomOperation, .gaussianBlur, .randomErasing, .gaussianNoise, .trivialAugmentWide,
      .randAugment, .autoAugment, .unchanged:
      return .unchanged
    }
  }
}

/// How a transform chooses the size that it resizes images to, for images of any size.
package struct ResizingRule: Sendable, Equatable {
  package enum Size: Sendable, Equatable {
    case exact(height: Int, width: Int)
    /// The length of the shorter side; the longer keeps the proportions and is truncated.
    case shorterSide(Int)
    /// The smallest size of the image's proportions that covers this, cropped to its centre.
    case cover(height: Int, width: Int)
  }

  package let size: Size
  package let filter: Interpolation
}

extension Transform {
  /// How the transform chooses a new size; `nil` if it does not resample whole images in evaluation.
  package var resizingRule: ResizingRule? {
    switch self {
    case let resize as Resize: resize.rule
    case let crop as RandomResizedCrop: crop.rule
    default: nil
    }
  }
}
