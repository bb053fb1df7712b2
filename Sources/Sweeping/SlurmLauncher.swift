import ExperimentConfig
import RunRecord

/// Trials of a sweep, or folds of a run, as the tasks of job arrays of a Slurm cluster. The machine that
/// submits may leave: what was submitted is in `slurm/jobs.json`, and the next call waits for it instead
/// of submitting it again.
package final class SlurmLauncher: TrialLauncher {
  /// As much as anybody submits.
  package static let unlimited = 10_000

  package let capacity: Int
  private let queue: SlurmQueue

  /// How many trials a strategy gives to Slurm at the same time. Where results decide what is tried
  /// next, what is given away early is decided without them.
  package static func capacity(_ kind: Strategy.Kind, atOnce: Int?) -> Int {
    switch kind {
    case .grid, .random: unlimited
    case .tpe: atOnce ?? 1
    case .halving, .asha: atOnce ?? unlimited
    }
  }

  /// - Parameters:
  ///   - directory: of the sweep or the run.
  ///   - program: the path of `runner` on the cluster's nodes.
  ///   - atOnce: how many tasks run at the same time; nothing leaves it to Slurm.
  ///   - capacity: how many tasks are given to Slurm at the same time.
  ///   - tools: the folder of Slurm's programs; nothing looks them up as a shell does.
  ///   - submitted: called with Slurm's number of an array and how many tasks it has.
  /// - Throws: ``FileError`` where what was submitted earlier cannot be read.
  package init(
    in directory: String, program: String, options: SlurmOptions, atOnce: Int?,
    capacity: Int = SlurmLauncher.unlimited, patience: Duration = .seconds(3),
    tools: String? = nil, submitted: @escaping @Sendable (Int, Int) -> Void
  ) throws {
    self.capacity = capacity
    // Arrays that come one after another need no cap where no more than that are ever given away.
    let cap = atOnce.flatMap { $0 < capacity ? $0 : nil }
    queue = try SlurmQueue(
      directory, program: program, options: options, atOnce: cap, patience: patience,
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
