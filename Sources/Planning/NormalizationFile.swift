import ExperimentConfig
import Files
import RunRecord
import Transforms

/// `normalization.json`: the statistics found by `normalize: {fit: train}`, in the order of the
/// transforms.
package struct NormalizationFile: Codable, CheckedRecord {
  package static let name = "normalization.json"

  package var normalize: [ChannelStatistics]

  package init(_ found: [ChannelStatistics]) { normalize = found }

  /// Reads the file of the training that produced the weights at `weights`,
  /// `RUN/weights/best.safetensors`.
  ///
  /// - Throws: ``FileError`` if it is missing or damaged.
  package init(beside weights: String) throws {
    let folders = weights.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    let run = RunDirectory(path: folders.joined(separator: "/"))
    self = try RecordFile.decode(
      NormalizationFile.self, from: try run.bytes(of: Self.name, limit: 1 << 24),
      path: run.file(Self.name))
  }

  package func check() throws(RecordProblem) {
    for (index, values) in normalize.enumerated() {
      let isUsable =
        values.mean.allSatisfy(\.isFinite) && values.std.allSatisfy { $0.isFinite && $0 > 0 }
      if !isUsable || values.mean.count != values.std.count {
        throw RecordProblem("normalize.\(index)", "expected finite means and deviations above 0")
      }
    }
  }

  /// The transforms with these statistics.
  package func fitted(_ pipeline: TransformPipeline) throws -> TransformPipeline {
    var left = normalize[...]
    return try pipeline.fitted { before in
      guard let values = left.popFirst(), values.mean.count == before.output.channels else {
        throw FileError(path: Self.name, reason: "does not match the transforms of the run")
      }
      return (mean: values.mean.map(Float.init), std: values.std.map(Float.init))
    }
  }
}
