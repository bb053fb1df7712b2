import Classification
import ExperimentConfig
import Foundation
import RunRecord
import Tasks
import TestSupport

/// A folder of its own for one test, gone when the test is.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appending(path: "report-tests-\(UUID().uuidString)").path(percentEncoded: false)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { _ = try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, _ name: String) throws {
    let file = path + "/" + name
    let folder = String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)])
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: file))
  }
}

/// What the directory of a run would hold.
struct SampleRun {
  var directory = "sample-20261123-011959-abcdef"
  var info = RunInfo(
    status: .finished, identity: String(repeating: "a", count: 64), name: "sample", seed: 42,
    command: ["runner", "experiments/sample.yaml", "lr=1e-2"],
    git: RunInfo.Source(commit: "c0ffee", isDirty: true),
    dataset: RunInfo.Dataset(
      requested: "mnist", used: "mnist", fingerprint: "f", origin: "folder",
      files: [.init(path: "/data/train", sha256: "00")]),
    weights: nil, versions: RunInfo.Versions(libtorch: "2.13.0"), host: "host", cpu: "cpu",
    cpuCapability: "AVX512", device: "cpu", threads: 2, warnings: [],
    started: "2026-11-23T01:19:59Z")
  var summary: RunSummary? = RunSummary(
    status: "finished", identity: String(repeating: "a", count: 64), dataset: "mnist",
    parameters: .init(total: 109_386, trainable: 109_386), epochs: 6, bestEpoch: 5,
    validation: ["loss": 0.3, "accuracy": 0.9, "f1_macro": 0.89],
    test: ["loss": 0.31, "accuracy": 0.88, "f1_macro": 0.87])
  var validationLosses = [1.0, 0.6, 0.4, 0.35, 0.3, 0.31]
  var classNames = ["zero", "one", "two"]
  var predictions: [(label: Int, predicted: Int, count: Int)] = [
    (0, 0, 20), (1, 1, 18), (1, 2, 2), (2, 2, 19), (2, 1, 1),
  ]
  var resolved = """
    # Every value of the run and where it came from. Running this file repeats the run.
    name: sample             # sample.yaml:1:7
    seed: 42                 # default
    threads: 1               # auto: one, the model is small
    data:
      dataset: mnist         # sample.yaml:3:12
    model:
      - flatten              # sample.yaml:5:5
      - linear: 10           # sample.yaml:6:5
    loss: cross_entropy      # default
    optimizer:
      adam:
        lr: 0.01             # command line: lr=1e-2
    train: {epochs: 6}       # sample.yaml:8:5

    """

  /// Writes all files into `folder`.
  @discardableResult
  func write(to folder: TemporaryFolder) throws -> RunDirectory {
    func json(_ value: some Encodable) throws -> String {
      String(decoding: try JSONText.encode(value, pretty: true), as: UTF8.self)
    }
    func write(_ text: String, _ name: String) throws {
      try folder.write(text, directory + "/" + name)
    }
    try write(json(info), "run.json")
    if let summary { try write(json(summary), "summary.json") }
    var lines = ""
    for (index, loss) in validationLosses.enumerated() {
      let record = EpochRecord(
        fold: 0, epoch: index + 1,
        values: [
          "train_loss": loss * 1.05, "train_accuracy": 1 - loss / 3, "val_loss": loss,
          "val_accuracy": 1 - loss / 3, "lr": 0.01,
        ])
      lines += String(decoding: try JSONText.encode(record), as: UTF8.self) + "\n"
    }
    try write(lines, "metrics.jsonl")
    try write(resolved, "resolved.yaml")
    var table = PredictionsFile(classes: classNames.count)
    var matrix = ConfusionMatrix(classes: classNames.count)
    var index = 0
    for (label, predicted, count) in predictions {
      for _ in 0..<count {
        matrix.add(label: label, prediction: predicted)
        table.add(
          split: "test", fold: 0, index: index, label: label, predicted: predicted,
          probabilities: classNames.indices.map { $0 == predicted ? 0.95 : 0.025 })
        index += 1
      }
    }
    try write(String(decoding: table.bytes, as: UTF8.self), "predictions.csv")
    try write(matrix.csv(names: classNames), "confusion_matrix.csv")
    return RunDirectory(path: folder.path + "/" + directory)
  }
}
