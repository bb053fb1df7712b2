import Diagnostics
import ExperimentConfig
import Planning
import RunRecord
import Sweeping

/// The program that carries a trial on: this one.
enum TrialProgram {
  /// `$RUNNER_PROGRAM`, or this program's own file.
  static func path(_ environment: [String: String]) -> String {
    let chosen = environment["RUNNER_PROGRAM"].flatMap { $0.isEmpty ? nil : $0 }
    return chosen ?? Machine.programFolder + "/runner"
  }
}

/// Makes the run directory of a trial.
///
/// It stands in until runs can be prepared without being computed: what `run.json` holds beside
/// status, name and identity is not known here.
struct TrialMaker: TrialPreparation {
  init(environment: [String: String]) throws {}

  func prepare(_ trial: TrialPlan, at path: String) async throws {
    let loaded = trial.plan.loaded
    let run = RunDirectory(path: path)
    try run.write(loaded.source.text, to: "experiment.yaml")
    try run.write(
      ResolvedYAML.render(loaded.resolved, source: loaded.source), to: "resolved.yaml")
    let info: JSONValue = [
      "status": "queued", "name": .string(trial.plan.experiment.name),
      "identity": .string(try TrialPlanner.hash(trial.plan)),
    ]
    try run.write(json: info, to: "run.json")
  }
}
