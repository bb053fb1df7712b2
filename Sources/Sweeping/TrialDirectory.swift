import Diagnostics
import ExperimentConfig
import Files
import Glibc
import Planning
import RunRecord

/// The state of a trial's directory, the only source of a trial's progress.
package struct TrialDirectory: Sendable {
  package let run: RunDirectory
  /// Whether anything exists at its path.
  package let isThere: Bool
  /// The status in `run.json`: `queued`, `running`, `finished`, `failed`, `interrupted`.
  package private(set) var status: String?
  package private(set) var identity: String?
  /// What is missing or cannot be read, so that the trial can neither continue nor be ranked.
  package private(set) var damage: String?
  package private(set) var epochs: [EpochRecord] = []
  package private(set) var summary: RunSummary?
  private(set) var inputs: TrialInputs?
  private var recordedFailure: String?
  /// Whether `run.json` records what the identity is a hash of; older versions did not write that.
  private var isIdentified = false

  package init(reading run: RunDirectory) {
    self.run = run
    var place = stat()
    if lstat(run.path, &place) != 0 {
      isThere = errno != ENOENT
      if isThere { damage = "its directory cannot be read: \(String(cString: strerror(errno)))" }
      return
    }
    isThere = true
    guard place.st_mode & S_IFMT == S_IFDIR else {
      damage = "something other than a directory is in its place"
      return
    }
    guard let info = readInfo() else { return }
    status = info.status
    identity = info.identity
    recordedFailure = info.failure
    isIdentified = info.isIdentified
    inputs = info.inputs
    // Epochs that cannot be read are trained again, or the trial reports why not.
    epochs = (try? run.readEpochs()) ?? []
    if info.status == "finished" { readResults() }
  }

  /// Checks for edits that merely reading does not reveal, such as the configuration of another
  /// trial, or results that the trial did not write. Weights are not read. Sets ``damage``.
  mutating func verify(as trial: SweepFile.Trial) {
    guard isThere, damage == nil else { return }
    do {
      var manifest: String?
      if isIdentified {
        let info = try run.readInfo()
        manifest = info.manifest
        let configuration = info.identifiedBy?.configuration ?? .null
        let hash = Digest.hex(of: try JSONText.encode(configuration)).prefix(8)
        if hash != trial.hash {
          damage =
            "run.json does not belong to this trial: the hash of its configuration starts with "
            + "\(hash), but sweep.json records \(trial.hash)"
        } else {
          try RunVerification.check(run)
        }
        if damage == nil, info.manifest != nil, let summary, summary.identity != info.identity {
          damage = "summary.json belongs to another run: \(summary.identity.prefix(6))"
        }
      }
      if damage == nil, summary != nil {
        try Manifest.check(run, sha256: manifest, weights: .skipped)
      }
    } catch let error as InputError {
      damage = RunVerification.line(error)
    } catch let error as FileError {
      damage = error.path.split(separator: "/").last.map { "\($0) \(error.reason)" } ?? error.reason
    } catch {
      damage = "run.json cannot be checked: \(error)"
    }
    if damage != nil { summary = nil }
  }

  /// Sets ``damage`` from earlier findings of ``verify(as:)``.
  mutating func note(_ damage: String) {
    self.damage = self.damage ?? damage
    summary = nil
  }

  private mutating func readResults() {
    guard isPresent("summary.json") else { return }
    do throws(FileError) {
      let found = try run.readSummary()
      let hashes = try run.isFile(Manifest.name) ? Manifest.hashes(of: run) : [:]
      if let lost = try lostFile(hashes.keys) {
        damage = "\(lost) is missing"
      } else if let hash = hashes["summary.json"],
        try Digest.hex(of: run.open("summary.json")) != hash
      {
        damage = "summary.json \(Manifest.edited)"
      } else {
        summary = found
      }
    } catch {
      let name = error.path.split(separator: "/").last ?? "summary.json"
      damage = "\(name) \(error.reason)"
    }
  }

  /// The name of a missing result file; `nil` if there is none. Weights may have been removed on
  /// purpose.
  private func lostFile(_ names: some Sequence<String>) throws(FileError) -> String? {
    for name in names.sorted() where !name.contains("weights/") {
      if try run.folder.kind(of: name) == nil { return name }
    }
    return nil
  }

  private mutating func readInfo() -> Info? {
    guard isPresent("run.json") else { return nil }
    do {
      return try JSONText.decode(Info.self, from: run.bytes(of: "run.json", limit: 1 << 28))
    } catch let error as FileError {
      damage = "run.json \(error.reason)"
    } catch {
      damage = "run.json is not in the expected format"
    }
    return nil
  }

  private mutating func isPresent(_ name: String) -> Bool {
    do throws(FileError) {
      if try run.folder.kind(of: name) != nil { return true }
      damage = "\(name) is missing"
    } catch {
      damage = "\(name) \(error.reason)"
    }
    return false
  }

  /// Why the trial has no result and cannot continue by itself; otherwise `nil`.
  package var failure: String? { damage ?? recordedFailure }

  private struct Info: Decodable {
    var status: String
    var identity: String?
    var failure: String?
    var isIdentified: Bool
    var inputs: TrialInputs

    enum CodingKeys: String, CodingKey {
      case status, identity, failure
      case identifiedBy = "identified_by"
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      status = try container.decode(String.self, forKey: .status)
      identity = try container.decodeIfPresent(String.self, forKey: .identity)
      failure = try container.decodeIfPresent(String.self, forKey: .failure)
      isIdentified = container.contains(.identifiedBy)
      inputs = try TrialInputs(from: decoder)
    }
  }

  package var state: TrialSnapshot.State {
    if !isThere { return .planned }
    if damage != nil { return .failed }
    if summary != nil { return .finished }
    return status == "failed" ? .failed : .begun
  }

  /// The lowest cost up to each epoch, averaged over the existing folds, for the epochs that all of
  /// them have.
  package func costs(_ objective: Objective) -> [Double] {
    let folds = Dictionary(grouping: epochs, by: \.fold)
    let columns = folds.keys.sorted().map { fold in
      var best = Double.infinity
      return (folds[fold] ?? []).sorted { $0.epoch < $1.epoch }.map { record in
        best = min(best, record.values[objective.epochKey].map(objective.cost) ?? .infinity)
        return best
      }
    }
    guard let count = columns.map(\.count).min() else { return [] }
    return (0..<count).map { epoch in
      columns.reduce(0) { $0 + $1[epoch] } / Double(columns.count)
    }
  }

  /// The number of finished epochs over all folds or seeds, as a measure of progress.
  var progress: Int {
    // The run's own file is written at the end, from those of its parts.
    let parts = RunParts.all(of: run)
    if parts.isEmpty { return epochs.count }
    return parts.reduce(0) { $0 + ((try? $1.readEpochs().count) ?? 0) }
  }

  package func snapshot(
    _ trial: SweepFile.Trial, _ objective: Objective
  ) -> TrialSnapshot {
    TrialSnapshot(
      number: trial.number, values: trial.values, state: state, costs: costs(objective),
      cost: value(objective).map(objective.cost))
  }

  /// The value of the objective; `nil` for a trial without a result, or if it is undefined.
  package func value(_ objective: Objective) -> Double? {
    summary?.validation[objective.key].flatMap { $0.isFinite ? $0 : nil }
  }

  /// Why a finished trial has no usable value; `nil` if it has one or is not finished.
  package func undefinedReason(_ objective: Objective) -> String? {
    guard let summary, value(objective) == nil else { return nil }
    let name = "validation \(objective.key.replacing("_", with: " "))"
    if let reason = summary.undefined?["validation"]?[objective.key] {
      return "\(name) is undefined: \(reason)"
    }
    guard let value = summary.validation[objective.key] else { return "\(name) is undefined" }
    return "\(name) is \(value.isNaN ? "not a number" : "infinite")"
  }

  /// The row of `results.csv`.
  ///
  /// - Parameter isStopped: whether the sweep has compared and stopped the trial.
  package func row(
    _ trial: SweepFile.Trial, _ objective: Objective, isStopped: Bool
  ) -> SweepTable.Row {
    let status =
      switch state {
      case .planned: "planned"
      case .finished: "finished"
      case .failed: "failed"
      case .begun where isStopped: "stopped"
      case .begun: "unfinished"
      }
    var row = SweepTable.Row(
      trial: trial.number, directory: trial.directory, status: status, values: trial.values)
    row.reason =
      failure ?? (status == "failed" ? "its record gives no reason" : undefinedReason(objective))
    row.examples = inputs?.dataset?.fingerprint
    if let summary {
      row.objective = value(objective)
      row.epochs = summary.epochs
      // Summaries of folds and seeds recorded 0 in older versions.
      row.bestEpoch = summary.bestEpoch.flatMap { $0 > 0 ? $0 : nil }
      for (split, values) in [("validation", summary.validation), ("test", summary.test)] {
        for (key, value) in values { row.scores["\(split)_\(key)"] = value }
      }
    } else if status == "stopped" {
      // The progress of an unfinished or failed trial depends on when it was stopped.
      let costs = costs(objective)
      row.epochs = costs.count
      row.objective = costs.last.flatMap(objective.value)
    }
    return row
  }
}
