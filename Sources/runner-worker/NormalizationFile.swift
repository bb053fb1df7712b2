import ExperimentConfig
import Files
import RunRecord
import Training
import Transforms

/// `normalization.json`: the values that `normalize: {fit: train}` found, in the order of the
/// transforms.
struct NormalizationFile: Codable {
  static let name = "normalization.json"

  var normalize: [ChannelStatistics]

  init(_ found: [ChannelStatistics]) { normalize = found }

  /// Of the training that made the weights at `weights`, `RUN/weights/best.safetensors`.
  ///
  /// - Throws: ``FileError`` where it is not there or damaged.
  init(beside weights: String) throws {
    let folders = weights.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    let run = RunDirectory(path: folders.joined(separator: "/"))
    let bytes = try run.bytes(of: Self.name, limit: 1 << 24)
    do {
      self = try JSONText.decode(NormalizationFile.self, from: bytes)
    } catch {
      throw FileError(path: run.file(Self.name), reason: "is not what this program writes")
    }
  }

  /// The transforms with these values.
  func fitted(_ pipeline: TransformPipeline) throws -> TransformPipeline {
    var left = normalize[...]
    return try pipeline.fitted { _ in
      guard let values = left.popFirst() else {
        throw FileError(path: Self.name, reason: "has too few values for the transforms")
      }
      return (mean: values.mean.map(Float.init), std: values.std.map(Float.init))
    }
  }
}
