import Sweeping

/// Where a person wants the trials of a sweep, or the folds or seeds of a run, to be computed.
package struct LauncherChoice {
  package enum Launcher {
    case local, slurm
  }

  /// `nil` leaves it to what was chosen before; at first that is this machine.
  package let launcher: Launcher?
  /// Options of `sbatch`, as they were typed.
  private let slurm: String?

  package init(_ launcher: Launcher? = nil, slurm: String? = nil) {
    self.launcher = launcher
    self.slurm = slurm
  }

  /// - Returns: `nil` if this machine computes.
  /// - Throws: ``InputError``.
  package func options() throws -> SlurmOptions? {
    try launcher == .slurm ? SlurmOptions(slurm ?? "") : nil
  }
}
