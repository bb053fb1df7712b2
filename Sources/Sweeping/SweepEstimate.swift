import ExperimentConfig
import RunRecord
import WorkerProtocol

/// An estimate of a sweep's time and disk space, made before it starts.
package struct SweepEstimate: Sendable, Equatable {
  /// What the estimated time of a trial is based on.
  package enum Basis: Sendable, Equatable {
    /// Finished trials of the same experiment, by their description.
    case finished(String)
    case timed(StepTiming)
  }

  package private(set) var secondsPerTrial: Double?
  /// The time of computations shared by all trials, if their results do not exist yet.
  package private(set) var secondsOnce = 0.0
  package private(set) var basis: Basis?
  package private(set) var bytesPerTrial: Int

  /// The size of a run's files besides its weights: plots, predictions, the report.
  private static let otherFiles = 3 << 20

  /// - Parameters:
  ///   - runs: the folder that is searched for finished trials and runs.
  ///   - directory: the sweep's own directory, whose trials are preferred.
  package init(_ plan: SweepPlan, directory: SweepDirectory?, runs: String) {
    let files =
      switch plan.file.keep {
      case .all: 2
      case .best, .last: 1
      case .none: 0
      }
    bytesPerTrial = Self.otherFiles + files * 4 * plan.parameters.upperBound
    // A folder that cannot be listed contributes nothing.
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
    basis = .finished(durations.count == 1 ? finished[0].name : "\(durations.count) earlier ones")
    return true
  }

  /// Averages over the trials of `plan`, based on the timed steps of the first one.
  package mutating func use(
    _ timing: StepTiming, in plan: SweepPlan, _ examples: TrialWork.Examples
  ) {
    guard let timed = plan.works.first else { return }
    let seconds = plan.works.map { $0.seconds(timing, of: timed, examples) }
    secondsPerTrial = seconds.reduce(0, +) / Double(seconds.count)
    secondsOnce = timed.secondsOnce(timing, examples)
    basis = .timed(timing)
  }

  /// The time for `left` trials, `jobs` at a time; `nil` if the time of one is unknown.
  package func seconds(_ plan: SweepPlan, left: Int, jobs: Int) -> Double? {
    secondsPerTrial.map { trial in
      let rounds = Double((left + jobs - 1) / jobs)
      // Even if others are stopped early, at least one trial is trained to its end.
      return secondsOnce + trial * max(1, rounds * plan.file.strategy.share(of: plan.epochs))
    }
  }
}
