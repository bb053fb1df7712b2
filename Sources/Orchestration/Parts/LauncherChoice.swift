import Sweeping

/// Where to run the trials of a sweep, or the folds or seeds of a run.
package struct LauncherChoice {
  package enum Launcher {
    case local, slurm
  }

  /// `nil` keeps the earlier choice, which defaults to this machine.
  package let launcher: Launcher?
  /// Options for `sbatch`, as given by the user.
  private let slurm: String?

  package init(_ launcher: Launcher? = nil, slurm: String? = nil) {
    self.launcher = launcher
    self.slurm = slurm
  }

  /// - Returns: the Slurm options; `nil` to run on this machine.
  /// - Throws: ``InputError`` if the options are invalid.
  package func options() throws -> SlurmOptions? {
    try launcher == .slurm ? SlurmOptions(slurm ?? "") : nil
  }
}
