import ExperimentConfig
import Files
import RunRecord
import Sweeping

/// Where a run's folds or seeds are trained, and how many concurrently.
package struct PartPlaces {
  /// The number of concurrent jobs; `nil` for as many as the processors allow.
  package var jobs: Int?
  /// Takes over parts even if another machine is recorded as working on them.
  package var takesOver = false
  /// The options of a cluster; `nil` for this machine.
  package var slurm: SlurmOptions?

  /// The file that records that the parts of a run are on a cluster, and with which options.
  private static let record = "slurm/options"

  package init(jobs: Int? = nil, takesOver: Bool = false, slurm: SlurmOptions? = nil) {
    self.jobs = jobs
    self.takesOver = takesOver
    self.slurm = slurm
  }

  /// Records that the parts of `run` are trained on a cluster.
  package func remember(in run: RunDirectory) throws {
    if let slurm { try run.write(slurm.text + "\n", to: Self.record) }
  }

  /// The options with which the parts of `run` were submitted.
  ///
  /// - Returns: `nil` if they were not submitted.
  package static func remembered(in run: RunDirectory) throws -> SlurmOptions? {
    guard try run.folder.kind(of: record) != nil else { return nil }
    let text = String(decoding: try run.bytes(of: record, limit: 1 << 20), as: UTF8.self)
    return try SlurmOptions(text.split(separator: "\n").first.map(String.init) ?? "")
  }
}
