import Execution
import Torch
import Transforms

/// The trailing transforms that LibTorch computes in a single pass over the bytes: repeating the grey
/// channel three times, conversion to floats, and normalisation.
struct FloatSteps {
  /// The number of output channels if a single channel is repeated; otherwise `nil`.
  private(set) var channels: Int?
  private var mean: [Float] = []
  private var std: [Float] = []
  /// Normalisations after the first.
  private var others: [(mean: [Float], std: [Float])] = []

  /// Splits a pipeline into the leading transforms and these trailing steps, which are `nil` if it ends
  /// differently.
  static func split(_ pipeline: TransformPipeline) -> (first: TransformPipeline, last: FloatSteps?)
  {
    guard let scale = pipeline.steps.lastIndex(of: .scale), scale >= pipeline.sizingCount else {
      return (pipeline, nil)
    }
    var result = FloatSteps()
    for (place, step) in pipeline.steps[(scale + 1)...].enumerated() {
      guard case .normalize(let mean, let std) = step else { return (pipeline, nil) }
      if place == 0 {
        (result.mean, result.std) = (mean, std)
      } else {
        result.others.append((mean, std))
      }
    }
    var first = pipeline.prefix(scale)
    if case .grayscale(let grey)? = first.steps.last, scale > pipeline.sizingCount,
      first.prefix(scale - 1).output.channels == 1
    {
      first = first.prefix(scale - 1)
      result.channels = grey.channels
    }
    return (first, result)
  }

  /// Converts the rows `index` of `bytes` to floats, bit-identical to applying the steps separately.
  func apply(_ bytes: Tensor, _ index: Tensor, format: MemoryFormat) throws -> Tensor {
    var images = try bytes.gatherNormalize(
      index: index, mean: mean, std: std, channels: channels, format: format)
    for (mean, std) in others {
      let shape = [1, mean.count, 1, 1]
      images = try images.sub(Tensor(mean, shape: shape, device: images.device))
        .div(Tensor(std, shape: shape, device: images.device))
    }
    return images
  }

  /// How the channels follow from the single one that ``applySingle(_:_:)`` gives; `nil` if they do not.
  var repeated: RepeatedChannel? {
    guard let channels, others.isEmpty else { return nil }
    func values(_ list: [Float], else value: Double) -> [Double] {
      (0..<channels).map { list.isEmpty ? value : Double(list[list.count == 1 ? 0 : $0]) }
    }
    let std = values(std, else: 1)
    return RepeatedChannel(
      scales: std.map { 1 / $0 }, shifts: zip(values(mean, else: 0), std).map { -$0 / $1 })
  }

  /// The grey channel of the rows `index`, in 0...1 and not normalised, [rows, 1, height, width].
  func applySingle(_ bytes: Tensor, _ index: Tensor) throws -> Tensor {
    try bytes.gatherNormalize(index: index, format: .channelsLast)
  }

  /// A lookup table from byte to float, channel by channel. Every operation rounds to float32, as PyTorch's
  /// operations on whole images do.
  func tables(channels: Int) -> [Float] {
    let normalizations = mean.isEmpty ? others : [(mean, std)] + others
    return (0..<channels).flatMap { channel in
      (0..<256).map { byte in
        var value = Float(byte) / 255
        for (mean, std) in normalizations {
          value = value - mean[mean.count == 1 ? 0 : channel]
          value = value / std[std.count == 1 ? 0 : channel]
        }
        return value
      }
    }
  }
}
