import ArgumentParser
import Orchestration

/// Where to run the trials of a sweep, or the folds or seeds of a run.
struct LauncherArguments: ParsableArguments {
  @Option(
    help: """
      local (the default), or slurm: job arrays on a cluster. In a sweep there, tpe has one trial in \
      the queue at a time, or as many as --jobs says.
      """)
  var launcher: String?

  @Option(
    help: ArgumentHelp(
      "Options of sbatch: partition=…,time=…,cpus=…,gpus=….", valueName: "key=value,…"))
  var slurm: String?

  func validate() throws {
    if let launcher, launcher != "local" && launcher != "slurm" {
      throw ValidationError("--launcher must be local or slurm")
    }
    if slurm != nil && launcher != "slurm" {
      throw ValidationError("--slurm needs --launcher slurm")
    }
  }

  var choice: LauncherChoice {
    LauncherChoice(launcher.map { $0 == "slurm" ? .slurm : .local }, slurm: slurm)
  }
}
