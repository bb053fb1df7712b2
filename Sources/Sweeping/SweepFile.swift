import ExperimentConfig
import Files

/// `sweep.json`: the frozen plan. What it says of the experiment never changes once it is written;
/// trials are only added.
package struct SweepFile: Sendable, Codable, Equatable {
  package struct Trial: Sendable, Codable, Equatable {
    /// From 1.
    package var number: Int
    /// One text a key.
    package var values: [String]
    /// The start of the hash of its canonical configuration.
    package var hash: String

    package init(number: Int, values: [String], hash: String) {
      self.number = number
      self.values = values
      self.hash = hash
    }

    /// - Throws: `DecodingError` for a hash that could lead out of the folder of trials.
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

    /// The hash of values that make no experiment.
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

  /// Of this form of the file.
  package var version = 1
  /// The experiment's name.
  package var name: String
  package var started: String
  /// The words of the command line that began it.
  package var command: [String]
  /// As the command line named it last, and absolute.
  package var experiment: String
  package var experimentPlace: String
  /// The experiment file and those it starts from, as they were, by their places.
  package var files: [SourceText]
  /// The environment variables that the files name, and the names of those that were not set.
  package var environment: [String: String]
  package var unset: [String]?
  /// Where paths of the command line start; `nil` if it has none that depend on it.
  package var workingDirectory: String?
  /// What `threads: auto` counts.
  package var processors: Int
  /// Where runs are looked for whose weights trials start from; nothing for `runs`.
  package var runs: String?
  /// The hash of the canonical configuration without the swept values, where it has one.
  package var base: String
  package var overrides: [FixedOverride]
  /// Whether the experiment file itself says what to sweep; a trial's own file need not repeat that.
  package var hasSection: Bool
  package var space: SearchSpace
  package var strategy: Strategy
  package var objective: Objective
  package var keep: WeightKeeping
  package var trials: [Trial]
  /// SHA-256 of all the rest, by which an edit is noticed. It is there in the file alone; older programs
  /// did not write it.
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

  /// The same with its hash, as it is written.
  func sealed() throws -> SweepFile {
    var file = self
    file.sha256 = nil
    file.sha256 = Digest.hex(of: try JSONText.encode(file))
    return file
  }

  /// The same without its hash.
  ///
  /// - Parameter path: for the message.
  /// - Throws: ``FileError`` if the hash is that of other contents.
  func unsealed(path: String) throws(FileError) -> SweepFile {
    guard let sha256 else { return self }
    var file = self
    file.sha256 = nil
    // What was decoded a moment ago can be encoded.
    guard let bytes = try? JSONText.encode(file), Digest.hex(of: bytes) == sha256 else {
      throw FileError(
        path: path,
        reason: "was edited: the experiment, the space or the trials do not belong to its 'sha256'")
    }
    return file
  }

  /// Whether `other` is the same sweep with perhaps other values: what is tried then can be added.
  package func isContinued(by other: SweepFile) -> Bool {
    let isSameSearch =
      strategy.kind == other.strategy.kind && strategy.minEpochs == other.strategy.minEpochs
      && strategy.reduction == other.strategy.reduction
      && (strategy.kind == .grid || strategy.seed == other.strategy.seed)
      && (!strategy.kind.isAdaptive || objective == other.objective)
    // The same words mean other files elsewhere. Earlier versions did not record it.
    let isSamePlace =
      workingDirectory == nil || other.workingDirectory == nil
      || workingDirectory == other.workingDirectory
    return isSameSearch && isSamePlace && experimentPlace == other.experimentPlace
      && overrides == other.overrides
      && space.keys.map(\.path).sorted() == other.space.keys.map(\.path).sorted()
  }
}
