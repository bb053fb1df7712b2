import ExperimentConfig
import Files
import Report
import RunRecord
import Sweeping

extension MLflowRecord {
  /// The record of a sweep, without its trials.
  ///
  /// - Parameter table: its results; `nil` if there are none yet.
  init(_ sweep: SweepDirectory, _ file: SweepFile, _ table: SweepTable?) throws {
    let name = RunDirectory(path: sweep.path).name
    let rows = table?.rows ?? []
    let isWhole =
      !rows.isEmpty && rows.allSatisfy { $0.status != "planned" && $0.status != "unfinished" }
    let status =
      sweep.isRunning
      ? "RUNNING"
      : isWhole ? (rows.allSatisfy { $0.status == "failed" } ? "FAILED" : "FINISHED") : "KILLED"
    let start = (UTCTime.seconds(file.started) ?? 0) * 1000
    let ends = try file.trials.compactMap { trial -> Int? in
      let run = sweep.trial(trial)
      // A trial that is only planned has no record.
      guard run.isFile("run.json") else { return nil }
      return try run.readInfo().ended.flatMap(UTCTime.seconds).map { $0 * 1000 }
    }
    self.init(
      name: name,
      key: [("runner.directory", name), ("runner.identity", file.base + "/" + file.started)],
      status: status, started: start, ended: ends.max(), folder: sweep.folder)
    parameters = [
      ("strategy", file.strategy.kind.rawValue), ("objective", file.objective.description),
      ("trials", "\(file.strategy.maxTrials)"),
    ]
    for key in file.space.keys {
      let tried = Set(
        file.trials.compactMap { trial in
          file.space.keys.firstIndex { $0.label == key.label }.flatMap {
            trial.values.indices.contains($0) ? trial.values[$0] : nil
          }
        }
      ).sorted()
      parameters.append(
        (
          MLflowText.key("space.\(key.label)"),
          MLflowText.value(tried.joined(separator: ", "), MLflowText.longestParameter)
        ))
    }
    tags = [
      ("mlflow.source.name", "runner"), ("mlflow.source.type", "LOCAL"), ("runner.kind", "sweep"),
      (
        "runner.command",
        MLflowText.value(file.command.joined(separator: " "), MLflowText.longestTag)
      ),
    ]
    if let best = table?.best {
      tags.append(("runner.best_trial", best.directory))
      let time = ended ?? started
      if let value = best.objective {
        metrics.append(MLflowMetric("objective", value, step: 0, time: time))
      }
      for (key, value) in best.scores.sorted(by: { $0.key < $1.key }) {
        metrics.append(MLflowMetric("best.\(key)", value, step: 0, time: time))
      }
    }
    files = try sweep.folder.names().filter {
      ["sweep.json", SweepTable.name, "report.html"].contains($0) && sweep.folder.isFile($0)
    }.sorted()
    if sweep.folder.isFolder("plots") {
      files += try sweep.folder.names(in: "plots").map { "plots/\($0)" }
        .filter { sweep.folder.isFile($0) && !$0.contains("/.") }.sorted()
    }
  }
}
