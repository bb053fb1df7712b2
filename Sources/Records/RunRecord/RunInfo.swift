import ExperimentConfig
import Files

/// The contents of `run.json`: where, when and with what a run was made.
package struct RunInfo: Codable, Sendable {
  package enum Status: String, Codable, Sendable {
    /// Prepared, nothing computed yet.
    case queued
    case running, finished, failed, interrupted
  }

  package struct Dataset: Codable, Sendable {
    /// The requested data set.
    package var requested: String
    /// The data set that was used; differs only if the fallback replaced the requested one.
    package var used: String
    package var fingerprint: String
    /// Where it was found, such as `$RUNNER_DATA` or the cache.
    package var origin: String
    /// Files that a worker needs to load it; empty for a generated data set.
    package var files: [File]
    /// SHA-256 of the fields above, to detect edits; `nil` in records of older versions.
    package private(set) var sha256: String?

    package struct File: Codable, Sendable {
      package var path: String
      package var sha256: String
      /// `train` or `test`; `nil` in records before format 2.
      package var split: String?
      /// What the file holds for each example: `inputs` or `targets`; `nil` in records before format 2.
      package var contents: String?

      package init(path: String, sha256: String) {
        self.path = path
        self.sha256 = sha256
      }
    }

    package init(
      requested: String, used: String, fingerprint: String, origin: String, files: [File]
    ) {
      self.requested = requested
      self.used = used
      self.fingerprint = fingerprint
      self.origin = origin
      self.files = files
      sha256 = ownHash
    }

    /// The expected value of ``sha256``.
    var ownHash: String { Digest.hex(of: "\(requested)\n\(used)\n\(fingerprint)\n".utf8) }
  }

  package struct Weights: Codable, Sendable {
    /// The requested weights, such as `imagenet`.
    package var source: String
    /// The weights that were used: the same, or `random` if that replaced them.
    package var used: String
    /// The path of the state dict; `nil` for random weights.
    package var path: String?
    package var sha256: String?
    /// Notes on how they were loaded into the model, such as a prefix that was removed from their
    /// names or a head that starts from random values.
    package var notes: [String]?

    package init(
      source: String, used: String, path: String?, sha256: String?, notes: [String] = []
    ) {
      self.source = source
      self.used = used
      self.path = path
      self.sha256 = sha256
      self.notes = notes.isEmpty ? nil : notes
    }
  }

  /// A file besides data and weights that the result depends on.
  package struct File: Codable, Sendable, Equatable {
    /// The experiment key that names it, such as `data.split.groups`.
    package var key: String
    package var path: String
    package var sha256: String

    package init(key: String, path: String, sha256: String) {
      self.key = key
      self.path = path
      self.sha256 = sha256
    }
  }

  /// The run that this one continues.
  package struct Parent: Codable, Sendable, Equatable {
    /// Its directory.
    package var run: String
    package var identity: String
    /// The number of completed epochs taken from it; 0 if this training started from the beginning.
    package var epochs: Int

    package init(run: String, identity: String, epochs: Int) {
      self.run = run
      self.identity = identity
      self.epochs = epochs
    }
  }

  package struct Source: Codable, Sendable {
    package var commit: String
    package var isDirty: Bool

    enum CodingKeys: String, CodingKey {
      case commit
      case isDirty = "dirty"
    }

    package init(commit: String, isDirty: Bool) {
      self.commit = commit
      self.isDirty = isDirty
    }
  }

  package struct Versions: Codable, Sendable {
    package var runner: String
    package var libtorch: String
    package var swift: String

    package init(libtorch: String) {
      runner = Version.runner
      self.libtorch = libtorch
      swift = Version.swift
    }
  }

  /// The format of the run directory: 2 since it records the task (`task` and `primary` in
  /// `summary.json`, `data.json`); `nil` for format 1.
  package private(set) var format: Int? = RunInfo.format
  package static let format = 2
  package var status: Status
  package var identity: String
  /// What the identity is the hash of; `nil` in records of older versions.
  package var identifiedBy: Identity.Parts?
  /// Differences from `identifiedBy` that were accepted when the run was resumed: `data`,
  /// `program`.
  package var adopted: [String]?
  package var name: String
  package var seed: UInt64
  /// The command-line arguments.
  package var command: [String]
  package var git: Source?
  package var dataset: Dataset
  package var weights: Weights?
  /// `nil` if the weights do not come from a run, or in records of earlier versions.
  package var leakage: Leakage?
  /// Other files that the experiment reads; `nil` if there are none, or in records of older
  /// versions.
  package var files: [File]?
  package var parent: Parent?
  /// The fold of the enclosing run that this directory holds, from 1.
  package var fold: Int?
  /// The seed of the enclosing run that this directory holds, numbered from 1.
  package var repetition: Int?
  package var versions: Versions
  package var host: String
  package var cpu: String
  package var cpuCapability: String
  package var device: String
  package var threads: Int
  /// `float32`, `tf32` or `bfloat16`; `nil` in records of versions without a choice.
  package var precision: String?
  /// Warnings about this run, such as a fallback data set or a missing device.
  package var warnings: [String]
  package var started: String
  package var ended: String?
  /// Why a run failed.
  package var failure: String?
  /// SHA-256 of `MANIFEST.sha256`, once the run, fold or seed has finished; `nil` in records of
  /// older versions.
  package var manifest: String?
  /// Set by a sweep that pruned this trial; for a finished training it is in `summary.json`.
  package var end: TrainingEnd?

  /// The number of this training within the enclosing run, from 1; `nil` for a run.
  package var part: Int? { fold ?? repetition }

  enum CodingKeys: String, CodingKey {
    case format, status, identity
    case identifiedBy = "identified_by"
    case adopted, name, seed, command, git, dataset, weights, leakage, files, parent, fold,
      repetition,
      versions, host, cpu
    case cpuCapability = "cpu_capability"
    case device, threads, precision, warnings, started, ended, failure, manifest, end
  }

  package init(
    status: Status, identity: String, name: String, seed: UInt64, command: [String], git: Source?,
    dataset: Dataset, weights: Weights?, versions: Versions, host: String, cpu: String,
    cpuCapability: String, device: String, threads: Int, precision: String = "float32",
    warnings: [String], started: String
  ) {
    self.status = status
    self.identity = identity
    self.name = name
    self.seed = seed
    self.command = command
    self.git = git
    self.dataset = dataset
    self.weights = weights
    self.versions = versions
    self.host = host
    self.cpu = cpu
    self.cpuCapability = cpuCapability
    self.device = device
    self.threads = threads
    self.precision = precision
    self.warnings = warnings
    self.started = started
  }
}
