import ExperimentConfig
import Files

/// Identifies a run: runs with equal identities have equal results.
package struct Identity: Sendable {
  /// Everything that the hash covers. Stored in `run.json`, to check later whether the directory
  /// still describes the run that was started, and if not, what has changed.
  package struct Parts: Codable, Sendable, Equatable {
    /// ``ExperimentConfig/Resolved/canonicalForm`` of the experiment.
    package var configuration: JSONValue
    /// The fingerprint of the data set.
    package var dataset: String
    /// The hash of the initial weights, or the word that stands for them.
    package var weights: String?
    /// The version of this program.
    package var program: String
    /// The version of LibTorch.
    package var engine: String
    /// The hashes of other files that the experiment reads, such as its groups, by key.
    package var files: [String: String]?
    /// The run that this one continues, if the result depends on it.
    package var parent: Parent?

    package init(
      configuration: JSONValue, dataset: String, weights: String?, engine: String,
      files: [String: String] = [:], parent: Parent? = nil
    ) {
      self.configuration = configuration
      self.dataset = dataset
      self.weights = weights
      program = Version.runner
      self.engine = engine
      self.files = files.isEmpty ? nil : files
      self.parent = parent
    }
  }

  package struct Parent: Codable, Sendable, Equatable {
    package var identity: String
    /// Completed epochs of the parent.
    package var epochs: Int

    package init(identity: String, epochs: Int) {
      self.identity = identity
      self.epochs = epochs
    }
  }

  /// 64 hexadecimal digits.
  package let hex: String
  package let parts: Parts

  /// SHA-256 of the parts. Unused parts are left out, so that an experiment's identity does not depend on
  /// features it does not use.
  package init(_ parts: Parts) throws {
    var values: [String: JSONValue] = [
      "configuration": parts.configuration,
      "dataset": .string(parts.dataset),
      "weights": parts.weights.map(JSONValue.string) ?? .null,
      "runner": .string(parts.program),
      "libtorch": .string(parts.engine),
    ]
    if let files = parts.files { values["files"] = .object(files.mapValues(JSONValue.string)) }
    if let parent = parts.parent {
      values["parent"] = [
        "identity": .string(parent.identity), "epochs": .integer(parent.epochs),
      ]
    }
    self.parts = parts
    hex = Digest.hex(of: try JSONText.encode(JSONValue.object(values)))
  }

  package init(
    configuration: Resolved, dataset: String, weights: String?, libtorch: String,
    files: [String: String] = [:], parent: Parent? = nil
  ) throws {
    try self.init(
      Parts(
        configuration: configuration.canonicalForm, dataset: dataset, weights: weights,
        engine: libtorch, files: files, parent: parent))
  }

  /// The prefix that is part of the directory's name.
  package var short: String { String(hex.prefix(6)) }
}
