import DataSchema
import ExperimentConfig
import Files
import RunRecord
import Tasks

/// The directory of a run of any task, with given predictions; everything else is the least that a comparison
/// reads.
package struct SyntheticAnswers {
  package var task: any Task
  /// As `resolved.yaml` has it.
  package var loss: String
  /// Which of the losses that follow from predictions it is.
  package var lossNumber = 0
  package var metrics: [any Metric]
  /// By split.
  package var predictions: [String: Predictions]

  package init(
    task: any Task, loss: String, lossNumber: Int = 0, predictions: [String: Predictions]
  ) throws {
    self.task = task
    self.loss = loss
    self.lossNumber = lossNumber
    metrics = try type(of: task).metrics.map { try $0.init(.none) }
    self.predictions = predictions
  }

  @discardableResult
  package func write(_ folder: String, _ directory: String) throws -> RunDirectory {
    let run = RunDirectory(path: folder + "/" + directory)
    try AtomicFile.createFolder(run.path)
    try run.write(json: info, to: "run.json")
    try run.write("name: \(directory)  # default\nloss: \(loss)  # default\n", to: "resolved.yaml")
    try run.write(json: data, to: DataRecord.name)
    for layout in predictions.values.map(\.layout).prefix(1) {
      var file = PredictionsFile(layout)
      for (split, table) in predictions.sorted(by: { $0.key < $1.key }) {
        file.add(table, split: split)
      }
      try run.write([file.bytes], to: "predictions.csv")
    }
    try run.write(json: summary, to: "summary.json")
    try run.write("", to: "metrics.jsonl")
    try run.write("", to: "timings.jsonl")
    return run
  }

  private var info: JSONValue {
    [
      "status": "finished", "name": "answers", "seed": 1, "command": [],
      "dataset": [
        "requested": "d", "used": "d", "fingerprint": "f00d", "origin": "folder", "files": [],
      ],
      "started": "2026-11-23T01:19:59Z", "ended": "2026-11-23T01:20:59Z",
    ]
  }

  private var data: DataRecord {
    DataRecord(
      DataSchema(image: ImageSize(channels: 1, height: 28, width: 28), target: task.target),
      counts: [:], fingerprint: "f00d")
  }

  private var summary: JSONValue {
    let set = MetricSet(metrics, task: task)
    var object: [String: JSONValue] = [
      "status": "finished", "task": .string(task.name), "primary": .string(task.primary),
      "epochs": 1, "best_epoch": 1,
    ]
    for (split, table) in predictions {
      object[split] = .object(scores(set.values(table), of: table))
    }
    return .object(object)
  }

  private func scores(_ values: [MetricValue], of table: Predictions) -> [String: JSONValue] {
    let losses = task.exampleLosses(table)
    // Some tasks do not record what their losses depend on.
    let known = losses.isEmpty ? [1] : losses[lossNumber]
    var scores: [String: JSONValue] = ["loss": .number(known.reduce(0, +) / Double(known.count))]
    for item in values {
      guard let number = item.value else { continue }
      scores[item.key] = .number(number)
    }
    return scores
  }
}
