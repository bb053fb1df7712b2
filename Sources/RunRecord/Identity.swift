import ExperimentConfig
import Files

/// What makes two runs the same run.
package struct Identity: Sendable {
  /// 64 hexadecimal digits.
  package let hex: String

  /// SHA-256 of the normalised configuration, the fingerprints of data and weights, and the versions
  /// of program and engine.
  package init(
    configuration: Resolved, dataset: String, weights: String?, libtorch: String
  ) throws {
    let parts: JSONValue = [
      "configuration": configuration.canonicalForm,
      "dataset": .string(dataset),
      "weights": weights.map(JSONValue.string) ?? .null,
      "runner": .string(Version.runner),
      "libtorch": .string(libtorch),
    ]
    hex = Digest.hex(of: try JSONText.encode(parts))
  }

  /// The start of it that is part of the directory's name.
  package var short: String { String(hex.prefix(6)) }
}
