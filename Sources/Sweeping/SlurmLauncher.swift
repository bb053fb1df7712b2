import Diagnostics
import RunRecord

/// Trials as the tasks of job arrays of a Slurm cluster.
package final class SlurmLauncher: TrialLauncher {
  package let capacity = 10_000

  package init(
    directory: SweepDirectory, program: String, options: SlurmOptions, atOnce: Int?,
    environment: [String: String]
  ) throws {}

  package func run(
    _ run: RunDirectory, untilEpoch: Int?, log: String
  ) async throws -> TrialEnding { .lost("not written yet") }

  package func interrupt() {}
}
