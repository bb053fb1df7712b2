import ExperimentConfig
import Files
import Planning
import Report
import RunRecord
import Tasks

/// What MLflow is told of one run, fold, seed, trial or sweep.
struct MLflowRecord: Sendable {
  /// The name of the run.
  var name: String
  /// The tags by which it is found again.
  var key: [(key: String, value: String)]
  /// MLflow's word for how it ended.
  var status: String
  /// Milliseconds since 1970.
  var started: Int
  var ended: Int?
  var parameters: [(key: String, value: String)] = []
  var metrics: [MLflowMetric] = []
  var tags: [(key: String, value: String)] = []
  var folder: RootedDirectory
  /// The files to store, by their paths in ``folder``.
  var files: [String] = []

  /// The tag that says what has been sent completely.
  static let sent = "runner.sent"
}

extension MLflowRecord {
  /// What is sent, as one hash: if the server has it, there is nothing to do.
  func state() throws -> String {
    var text = "\(status)\n\(started)\n\(ended ?? 0)\n"
    for (key, value) in parameters + tags { text += "\(key)\u{0}\(value)\u{0}\n" }
    for metric in metrics {
      let place = metric.place
      text += "\(place.key)\u{0}\(place.step)\u{0}\(place.time)\u{0}\(metric.value.bitPattern)\n"
    }
    for file in files { text += "\(file)\u{0}\(try Digest.hex(of: folder.open(file)))\n" }
    return Digest.hex(of: text.utf8)
  }

  /// - Parameters:
  ///   - path: the run's name, below that of its sweep and its run.
  init(_ run: RunDirectory, path: String) throws {
    let info = try run.readInfo()
    let start = UTCTime.seconds(info.started) ?? 0
    self.init(
      name: run.name,
      key: [("runner.directory", path), ("runner.identity", info.identity)].map {
        (key: $0.0, value: Self.tagValue($0.1))
      },
      status: Self.word(RunStatus(recorded: info.status.rawValue, of: run).word),
      started: start * 1000, ended: info.ended.flatMap(UTCTime.seconds).map { $0 * 1000 },
      folder: run.folder)
    parameters = try Self.parameters(run)
    tags = Self.tags(info)
    let summary = run.isFile("summary.json") ? try run.readSummary() : nil
    if let summary {
      tags.append(("runner.task", summary.task ?? ""))
      tags.append(("runner.primary", summary.primary ?? ""))
      tags = tags.filter { !$0.value.isEmpty }
      metrics += try Self.scores(summary, time: ended ?? started)
    }
    if RunParts.all(of: run).isEmpty { metrics += try Self.epochs(run, started: started) }
    metrics = Self.distinct(metrics)
    files = try Self.files(run)
  }

  /// The tag's value without what would end a filter's text.
  private static func tagValue(_ text: String) -> String {
    MLflowText.value(String(text.map { $0 == "'" || $0 == "\\" ? "_" : $0 }), 250)
  }

  private static func word(_ status: String) -> String {
    switch status {
    case "finished": "FINISHED"
    case "failed": "FAILED"
    case "running": "RUNNING"
    case "queued": "SCHEDULED"
    default: "KILLED"
    }
  }

  /// The resolved configuration, by dotted keys.
  private static func parameters(_ run: RunDirectory) throws -> [(key: String, value: String)] {
    let resolved = try RecordedEnvironment.plan(of: run, processors: 1, needsWeights: false)
      .loaded.resolved
    var values = resolved.canonicalForm.configurationValues.filter { $0.value != .null }
      .map { (key: $0.key, value: $0.value.leafText) }
    values += resolved.inputs.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
    var seen: Set<String> = []
    return values.map {
      (key: MLflowText.key($0.key), value: MLflowText.value($0.value, MLflowText.longestParameter))
    }.filter { seen.insert($0.key).inserted }
  }

  private static func tags(_ info: RunInfo) -> [(key: String, value: String)] {
    var tags: [(key: String, value: String)] = [
      ("mlflow.source.name", "runner"), ("mlflow.source.type", "LOCAL"),
      ("runner.version", info.versions.runner), ("runner.libtorch", info.versions.libtorch),
      ("runner.swift", info.versions.swift), ("runner.dataset", info.dataset.used),
      ("runner.dataset.fingerprint", info.dataset.fingerprint), ("runner.host", info.host),
      ("runner.cpu", info.cpu), ("runner.device", info.device), ("runner.seed", "\(info.seed)"),
      ("runner.command", info.command.joined(separator: " ")),
    ]
    if let git = info.git {
      tags.append(("mlflow.source.git.commit", git.commit))
      tags.append(("runner.git.dirty", git.isDirty ? "true" : "false"))
    }
    if !info.warnings.isEmpty {
      tags.append(("runner.warnings", info.warnings.joined(separator: "\n")))
    }
    if let failure = info.failure { tags.append(("runner.failure", failure)) }
    return tags.map {
      (key: $0.key, value: MLflowText.value($0.value, MLflowText.longestTag))
    }.filter { !$0.value.isEmpty }
  }

  /// Where values stand that MLflow would otherwise hold twice.
  private static func distinct(_ metrics: [MLflowMetric]) -> [MLflowMetric] {
    var seen: Set<MLflowMetric.Place> = []
    return metrics.filter { seen.insert($0.place).inserted }
  }
}
