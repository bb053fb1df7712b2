import ExperimentConfig
import Files

/// `sweep.json`: the frozen plan. Its experiment never changes once written; trials are only added.
package struct SweepFile: Sendable, Codable, Equatable {
  package struct Trial: Sendable, Codable, Equatable {
    /// From 1.
    package var number: Int
    /// One text per key.
    package var values: [String]
    /// The prefix of the hash of its canonical configuration.
    package var hash: String

    package init(number: Int, values: [String], hash: String) {
      self.number = number
      self.values = values
      self.hash = hash
    }

    /// - Throws: `DecodingError` for a hash that would lead outside the folder of trials.
    package init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      number = try container.decode(Int.self, forKey: .number)
      values = try container.decode([String].self, forKey: .values)
      hash = try container.decode(String.self, forKey: .hash)
      let isName = hash.utf8.allSatisfy { byte in
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
          || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
      }
      guard isName, (1...64).contains(hash.utf8.count) else {
        throw DecodingError.dataCorruptedError(
          forKey: .hash, in: container, debugDescription: "expected letters and digits")
      }
    }

    /// The hash for values that do not make a valid experiment.
    package static let invalid = "invalid"

    package var directory: String { "\(number)-\(hash)" }
  }

  package struct SourceText: Sendable, Codable, Equatable {
    package var path: String
    package var text: String

    package init(path: String, text: String) {
      self.path = path
      self.text = text
    }
  }

  /// The version of this file format.
  package var version = 1
  /// The experiment's name.
  package var name: String
  package var started: String
  /// The arguments of the command that started it.
  package var command: [String]
  /// The experiment's absolute path, as last given on the command line.
  package var experiment: String
  package var experimentPlace: String
  /// Copies of the experiment file and its bases, by path.
  package var files: [SourceText]
  /// The environment variables that the files use, and the names of those that were unset.
  package var environment: [String: String]
  package var unset: [String]?
  /// The folder that paths on the command line are relative to; `nil` if there are none.
  package var workingDirectory: String?
  /// The number of processors for `threads: auto`.
  package var processors: Int
  /// The folder of runs whose weights trials start from; `nil` for `runs`.
  package var runs: String?
  /// The hash of the canonical configuration without the swept values, if it has one.
  package var base: String
  package var overrides: [FixedOverride]
  /// Whether the experiment file itself declares the sweep; a trial's own file need not repeat it.
  package var hasSection: Bool
  package var space: SearchSpace
  package var strategy: Strategy
  package var objective: Objective
  package var keep: WeightKeeping
  package var trials: [Trial]
  /// SHA-256 of everything else, to detect edits. Present only in the file; older versions did not
  /// write it.
  private var sha256: String?

  enum CodingKeys: String, CodingKey {
    case version, name, started, command, experiment
    case experimentPlace = "experiment_place"
    case files, environment, unset, processors, runs, base, overrides
    case workingDirectory = "working_directory"
    case hasSection = "has_section"
    case space, strategy, objective, keep, trials, sha256
  }

  package init(
    name: String, started: String, command: [String], experiment: String, experimentPlace: String,
    files: [SourceText], environment: [String: String], processors: Int, runs: String? = nil,
    base: String,
    overrides: [FixedOverride], hasSection: Bool, space: SearchSpace, strategy: Strategy,
    objective: Objective,
    keep: WeightKeeping, trials: [Trial] = []
  ) {
    self.name = name
    self.started = started
    self.command = command
    self.experiment = experiment
    self.experimentPlace = experimentPlace
    self.files = files
    self.environment = environment
    self.processors = processors
    self.runs = runs
    self.base = base
    self.overrides = overrides
    self.hasSection = hasSection
    self.space = space
    self.strategy = strategy
    self.objective = objective
    self.keep = keep
    self.trials = trials
  }

  /// A copy with its hash, for writing.
  func sealed() throws -> SweepFile {
    var file = self
    file.sha256 = nil
    file.sha256 = Digest.hex(of: try JSONText.encode(file))
    return file
  }

  /// A copy without its hash.
  ///
  /// - Parameter path: for error messages.
  /// - Throws: ``FileError`` if the hash does not match the contents.
  func unsealed(path: String) throws(FileError) -> SweepFile {
    guard let sha256 else { return self }
    var file = self
    file.sha256 = nil
    // It was just decoded, so it can be encoded.
    guard let bytes = try? JSONText.encode(file), Digest.hex(of: bytes) == sha256 else {
      throw FileError(
        path: path,
        reason: "was edited: the experiment, the space or the trials do not match its 'sha256'")
    }
    return file
  }

  /// Whether `other` is the same sweep except for its values, which can then be added.
  package func isContinued(by other: SweepFile) -> Bool {
    let isSameSearch =
      strategy.kind == other.strategy.kind && strategy.minEpochs == other.strategy.minEpochs
      && strategy.reduction == other.strategy.reduction
      && (strategy.kind == .grid || strategy.seed == other.strategy.seed)
      && (!strategy.kind.isAdaptive || objective == other.objective)
    // The same arguments refer to other files in another folder. Earlier versions did not record
    // the folder.
    let isSamePlace =
      workingDirectory == nil || other.workingDirectory == nil
      || workingDirectory == other.workingDirectory
    return isSameSearch && isSamePlace && experimentPlace == other.experimentPlace
      && overrides == other.overrides
      && space.keys.map(\.path).sorted() == other.space.keys.map(\.path).sorted()
  }
}
