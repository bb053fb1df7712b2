import ExperimentConfig
import RunRecord

/// What a sweep will take, from what is known before it starts.
package struct SweepEstimate: Sendable, Equatable {
  /// Of one trial, from a finished one of the same experiment.
  package var secondsPerTrial: Double?
  /// Which run that was.
  package var source: String?
  package var bytesPerTrial: Int

  /// Files of a run beside its weights: plots, predictions, the report.
  private static let otherFiles = 3 << 20

  /// - Parameters:
  ///   - runs: the folder in which finished trials and runs are looked for.
  ///   - directory: the sweep's own, whose trials count first.
  package init(_ plan: SweepPlan, directory: SweepDirectory?, runs: String) {
    let files =
      switch plan.file.keep {
      case .all: 2
      case .best, .last: 1
      case .none: 0
      }
    bytesPerTrial = Self.otherFiles + files * 4 * plan.parameters.upperBound
    // What cannot be listed tells nothing.
    let names = (try? SweepCatalog.names(in: runs)) ?? []
    let sweeps = (directory.map { [$0.path] } ?? []) + names.map { "\(runs)/\($0)" }
    for path in sweeps {
      guard let file = try? SweepDirectory(path: path).read(), file.name == plan.file.name,
        file.strategy.kind.stopsEarly == false
      else { continue }
      let entries = (try? RunCatalog.entries(in: "\(path)/trials")) ?? []
      if use(entries, of: path) { return }
    }
    let entries = (try? RunCatalog.entries(in: runs)) ?? []
    _ = use(entries.filter { $0.experiment == plan.file.name }, of: runs)
  }

  private mutating func use(_ entries: [RunCatalog.Entry], of path: String) -> Bool {
    let finished = entries.filter { $0.status == "finished" }.prefix(20)
    let durations = finished.compactMap(\.duration)
    guard !durations.isEmpty else { return false }
    secondsPerTrial = max(Double(durations.reduce(0, +)) / Double(durations.count), 0.5)
    source = durations.count == 1 ? finished[0].name : "\(durations.count) earlier ones"
    return true
  }
}
