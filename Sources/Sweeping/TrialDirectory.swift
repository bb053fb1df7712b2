import ExperimentConfig
import RunRecord

/// What a trial's directory says; nothing else is asked how far a trial is.
package struct TrialDirectory: Sendable {
  package let run: RunDirectory
  package let isThere: Bool
  /// As `run.json` says it: `queued`, `running`, `finished`, `failed`, `interrupted`.
  package private(set) var status: String?
  package private(set) var identity: String?
  /// Why it failed.
  package private(set) var failure: String?
  package private(set) var epochs: [EpochRecord] = []
  package private(set) var summary: RunSummary?
  private(set) var inputs: TrialInputs?

  package init(reading run: RunDirectory) {
    self.run = run
    isThere = RunCatalog.isRun(run.path)
    guard isThere else { return }
    // Whatever cannot be read is as if it were not there yet: the trial goes on and says why not.
    let info = (try? run.bytes(of: "run.json"))
      .flatMap { try? JSONText.decode(Info.self, from: $0) }
    status = info?.status
    identity = info?.identity
    failure = info?.failure
    inputs = info?.inputs
    epochs = (try? run.readEpochs()) ?? []
    if status == "finished" { summary = try? run.readSummary() }
  }

  private struct Info: Decodable {
    var status: String
    var identity: String?
    var failure: String?
    var inputs: TrialInputs

    enum CodingKeys: CodingKey { case status, identity, failure }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      status = try container.decode(String.self, forKey: .status)
      identity = try container.decodeIfPresent(String.self, forKey: .identity)
      failure = try container.decodeIfPresent(String.self, forKey: .failure)
      inputs = try TrialInputs(from: decoder)
    }
  }

  package var state: TrialSnapshot.State {
    if !isThere { return .planned }
    if summary != nil { return .finished }
    return status == "failed" ? .failed : .begun
  }

  /// The mean over the folds that are there of the lowest cost up to each epoch that all of them have.
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

  /// Epochs that are done, over all folds or seeds: how far the trial has come.
  var progress: Int {
    // The run's own file of them is made at the end, from those of its parts.
    let parts = RunParts.all(of: run)
    if parts.isEmpty { return epochs.count }
    return parts.reduce(0) { $0 + ((try? $1.readEpochs().count) ?? 0) }
  }

  package func snapshot(
    _ trial: SweepFile.Trial, _ objective: Objective
  ) -> TrialSnapshot {
    TrialSnapshot(
      number: trial.number, values: trial.values, state: state, costs: costs(objective),
      cost: summary.map { objective.cost($0.validation[objective.key] ?? .nan) })
  }

  /// The row of `results.csv`.
  ///
  /// - Parameter isStopped: the sweep has compared the trial and gone on without it.
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
    if let summary {
      row.objective = summary.validation[objective.key]
      row.epochs = summary.epochs
      // Summaries of folds and seeds once said 0.
      row.bestEpoch = summary.bestEpoch.flatMap { $0 > 0 ? $0 : nil }
      for (split, values) in [("validation", summary.validation), ("test", summary.test)] {
        for (key, value) in values { row.scores["\(split)_\(key)"] = value }
      }
    } else if status == "stopped" {
      // What an unfinished or failed trial got as far as depends on when it was stopped.
      let costs = costs(objective)
      row.epochs = costs.count
      row.objective = costs.last.map { objective.higherIsBetter ? -$0 : $0 }
    }
    return row
  }
}
