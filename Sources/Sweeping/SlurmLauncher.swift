import ExperimentConfig
import RunRecord

/// Runs the trials of a sweep, or the folds of a run, as job arrays on a Slurm cluster. The
/// submitting machine may be shut down: submissions are recorded in `slurm/jobs.json`, and the next
/// call waits for them instead of submitting them again.
package final class SlurmLauncher: TrialLauncher {
  /// A practically unlimited number of trials.
  package static let unlimited = 10_000

  package let capacity: Int
  private let queue: SlurmQueue

  /// The number of trials that a strategy submits at once. If results decide what is tried next,
  /// trials that are submitted early are chosen without them.
  package static func capacity(_ kind: Strategy.Kind, maxConcurrent: Int?) -> Int {
    switch kind {
    case .grid, .random: unlimited
    case .tpe: maxConcurrent ?? 1
    case .halving, .asha: maxConcurrent ?? unlimited
    }
  }

  /// - Parameters:
  ///   - directory: the directory of the sweep or run.
  ///   - program: the path of `runner` on the cluster's nodes.
  ///   - maxConcurrent: the maximum number of concurrent tasks; `nil` leaves it to Slurm.
  ///   - capacity: the maximum number of tasks submitted at once.
  ///   - tools: the folder of Slurm's programs; `nil` searches the path.
  ///   - submitted: called with an array's job number and its number of tasks.
  /// - Throws: ``FileError`` if the record of earlier submissions cannot be read.
  package init(
    in directory: String, program: String, options: SlurmOptions, maxConcurrent: Int?,
    capacity: Int = SlurmLauncher.unlimited, patience: Duration = .seconds(3),
    tools: String? = nil, submitted: @escaping @Sendable (Int, Int) -> Void
  ) throws {
    self.capacity = capacity
    // Consecutive arrays need no limit if no more tasks than `maxConcurrent` are ever submitted.
    let cap = maxConcurrent.flatMap { $0 < capacity ? $0 : nil }
    queue = try SlurmQueue(
      directory, program: program, options: options, maxConcurrent: cap, patience: patience,
      tools: SlurmTools(in: tools), submitted: submitted)
  }

  package func run(
    _ run: RunDirectory, untilEpoch: Int?, log: String
  ) async throws -> TrialEnding {
    let work = SlurmArray.Work(
      run: ExperimentLoader.place(run.path), untilEpoch: untilEpoch,
      log: ExperimentLoader.place(log))
    return try await queue.run(work)
  }

  package func interrupt() { Task { await queue.leave() } }
}
