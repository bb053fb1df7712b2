import ExperimentConfig
import Files
import Report
import RunRecord

extension MLflowRecord {
  /// The values of every epoch, at the time when the epoch ended.
  static func epochs(_ run: RunDirectory, started: Int) throws -> [MLflowMetric] {
    guard run.isFile("metrics.jsonl") else { return [] }
    let timings = run.isFile("timings.jsonl") ? try run.readTimings() : []
    var ends: [Int: Double] = [:]
    var seconds = 0.0
    for timing in timings.sorted(by: { $0.epoch < $1.epoch }) {
      seconds += timing.trainSeconds + timing.evaluationSeconds
      ends[timing.epoch] = seconds
    }
    return try run.readEpochs().flatMap { record in
      let time = started + Int(((ends[record.epoch] ?? seconds) * 1000).rounded())
      return record.values.sorted { $0.key < $1.key }.map { key, value in
        MLflowMetric(key, value, step: record.epoch, time: time)
      }
    }
  }

  /// The scores of `summary.json` by its own keys, such as `validation.loss`, and the ends of their intervals.
  static func scores(_ summary: RunSummary, time: Int) throws -> [MLflowMetric] {
    let groups: [(String, [String: Double]?)] = [
      ("validation", summary.validation), ("test", summary.test),
      ("train_sample", summary.trainSample), ("baseline", summary.baseline),
      ("pooled", summary.pooled), ("validation_sd", summary.validationSD),
      ("test_sd", summary.testSD), ("single_model_test", summary.singleModelTest),
      ("single_model_test_sd", summary.singleModelTestSD),
    ]
    var metrics: [MLflowMetric] = []
    func add(_ key: String, _ value: Double) {
      metrics.append(MLflowMetric(key, value, step: summary.epochs, time: time))
    }
    for (group, values) in groups {
      for (key, value) in (values ?? [:]).sorted(by: { $0.key < $1.key }) {
        add("\(group).\(key)", value)
      }
    }
    for (split, intervals) in (summary.intervals ?? [:]).sorted(by: { $0.key < $1.key }) {
      for (key, ends) in intervals.sorted(by: { $0.key < $1.key }) where ends.count == 2 {
        add("\(split).\(key).lower", ends[0])
        add("\(split).\(key).upper", ends[1])
      }
    }
    add("parameters.total", Double(summary.parameters.total))
    add("parameters.trainable", Double(summary.parameters.trainable))
    if let best = summary.bestEpoch { add("best_epoch", Double(best)) }
    return metrics
  }

  /// The files of a run that are worth keeping: not those of its folds and seeds, which are runs of their own, nor what
  /// only resuming needs.
  static func files(_ run: RunDirectory) throws -> [String] {
    try run.folder.files().filter { path in
      let first = path.split(separator: "/").first.map(String.init) ?? path
      let isPart = RunParts.kind(first) != nil
      let isForResuming = ["checkpoints", FinalCheckpoint.folder, "slurm"].contains(first)
      return !isPart && !isForResuming && !path.hasPrefix(".") && !path.contains("/.")
    }.sorted()
  }
}
