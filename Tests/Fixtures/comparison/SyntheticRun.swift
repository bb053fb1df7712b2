import Classification
import ExperimentConfig
import Files
import Randomness
import RunRecord
import Tasks
import TestSupport
import Weights

/// The directory of a run that never was: what its files say follows from a few numbers.
package struct SyntheticRun {
  package var name = "synthetic"
  package var status = "finished"
  package var seed = 42
  package var dropout = "0.2"
  package var optimizer = "adam:\n    lr: 0.001  # default"
  package var loss = "cross_entropy  # default"
  package var dataset = "mnist"
  package var fingerprint = "f00d"
  package var commit = "c0ffee"
  package var runner = "0.1.0"
  package var cpu = "a processor"
  package var classes = 4
  package var test = 400
  package var validation = 200
  /// How many training examples the validation set is taken from, and from which of them on.
  package var heldOutFrom = 0
  /// The share of right answers.
  package var skill = 0.9
  /// Which examples are right is drawn from it.
  package var luck = 1
  package var epochs = 3
  package var losses: [Double]?
  package var weightScale: Float = 1
  package var weightCount = 24
  /// By fold: validation accuracy and macro F1 are these, the loss is one minus them.
  package var foldScores: [Double] = []
  /// Rotates the folds that examples lie in.
  package var foldShift = 0
  /// With folds: one answer to each test example, that of all models together.
  package var hasEnsemble = false
  /// Of the test set, where it is not `skill`.
  package var testSkill: Double?
  /// Which fold of another run this is.
  package var fold: Int?

  package init() {}

  /// Writes everything into `<folder>/<directory>`.
  @discardableResult
  package func write(_ folder: String, _ directory: String) throws -> RunDirectory {
    let run = RunDirectory(path: folder + "/" + directory)
    try AtomicFile.createFolder(run.path)
    try run.write(json: info, to: "run.json")
    try run.write(resolved, to: "resolved.yaml")
    try run.write(resolved, to: "experiment.yaml")
    let predictions = self.predictions
    try run.write([predictions.bytes], to: "predictions.csv")
    try run.write(json: try summary(predictions.bytes), to: "summary.json")
    if let table = try PredictionsFile.parse(predictions.bytes, path: "predictions.csv")["test"] {
      let matrix = table.pooled.confusionMatrix
      try run.write(
        matrix.csv(names: (0..<classes).map(String.init)), to: "confusion_matrix.csv")
    }
    var lines: [UInt8] = []
    for record in records { lines += try JSONText.encode(record) + [UInt8(ascii: "\n")] }
    try run.write([lines], to: "metrics.jsonl")
    lines = []
    for record in records {
      let timing = EpochTiming(
        fold: record.fold, epoch: record.epoch, trainSeconds: 1, evaluationSeconds: 0.5,
        examplesPerSecond: 1000)
      lines += try JSONText.encode(timing) + [UInt8(ascii: "\n")]
    }
    try run.write([lines], to: "timings.jsonl")
    for folder in foldScores.isEmpty ? [""] : foldScores.indices.map({ "fold-\($0 + 1)/" }) {
      try run.write(
        try SafeTensors.encode(tensors), to: folder + "weights/best.safetensors")
    }
    return run
  }

  // MARK: Files

  private var info: JSONValue {
    var object: [String: JSONValue] = [
      "status": .string(status), "identity": .string(String(repeating: "a", count: 64)),
      "name": .string(name), "seed": .integer(seed), "command": ["runner", "synthetic.yaml"],
      "git": ["commit": .string(commit), "dirty": false],
      "dataset": [
        "requested": .string(dataset), "used": .string(dataset),
        "fingerprint": .string(fingerprint), "origin": "folder", "files": [],
      ],
      "versions": ["runner": .string(runner), "libtorch": "2.13.0", "swift": "6.3"],
      "host": "host", "cpu": .string(cpu), "cpu_capability": "AVX512", "device": "cpu",
      "threads": 1, "warnings": [], "started": "2026-11-23T01:19:59Z",
      "ended": "2026-11-23T01:20:59Z",
    ]
    if let fold { object["fold"] = .integer(fold) }
    return .object(object)
  }

  package var resolved: String {
    let split =
      foldScores.isEmpty
      ? "    validation: 0.2  # \(name).yaml:5:10" : "    folds: \(foldScores.count)  # x.yaml:5:10"
    return """
      # Every value of the run and where it came from. Running this file repeats the run.
      name: \(name)  # \(name).yaml:1:7
      seed: \(seed)  # \(seed == 42 ? "\(name).yaml:2:7" : "command line: seed=\(seed)")
      threads: 1  # default
      device: auto  # default
      data:
        dataset: \(dataset)  # \(name).yaml:4:12
        transforms:
          - to_tensor  # default
        split:
      \(split)
        batch_size: 64  # default
      model:
        - flatten
        - linear:
            out_features: 16  # \(name).yaml:8:13
        - relu
        - dropout:
            p: \(dropout)  # \(name).yaml:10:14
        - linear:
            out_features: 10  # \(name).yaml:11:13
      loss: \(loss)
      optimizer:
        \(optimizer)
      train:
        epochs: \(epochs)  # default
      metrics:
        - accuracy  # default
        - f1  # default

      """
  }

  private var records: [EpochRecord] {
    let folds = foldScores.isEmpty ? [0] : Array(1...foldScores.count)
    return folds.flatMap { fold in
      (1...max(1, epochs)).map { epoch in
        let loss =
          losses.flatMap { $0.indices.contains(epoch - 1) ? $0[epoch - 1] : nil }
          ?? 1 / Double(epoch) + Double(luck) * 1e-3
        return EpochRecord(
          fold: fold, epoch: epoch,
          values: [
            "train_loss": loss * 1.1, "val_loss": loss, "train_accuracy": 1 - loss / 3,
            "val_accuracy": 1 - loss / 4, "lr": 0.001,
          ])
      }
    }
  }

  private var tensors: [SafeTensors.Entry] {
    func bytes(_ count: Int) -> [UInt8] {
      var values: [UInt8] = []
      values.reserveCapacity(4 * count)
      for index in 0..<count {
        let value = weightScale * (Float(index % 97) / 97 + 0.01)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { values += $0 }
      }
      return values
    }
    let half = weightCount / 2
    return [
      .init(name: "1.weight", type: .float32, shape: [half], bytes: bytes(half)),
      .init(
        name: "1.bias", type: .float32, shape: [weightCount - half],
        bytes: bytes(weightCount - half)),
    ]
  }

  /// The label follows from the index, the answer from the skill and the luck.
  private var predictions: PredictionsFile {
    var file = PredictionsFile(classes: classes)
    func add(_ split: String, _ fold: Int, _ index: Int, _ stream: RandomStream) {
      let label = index % classes
      let skill = split == "test" ? testSkill ?? self.skill : self.skill
      let isRight = stream.uniform64(2 * index) < skill
      let answer = isRight ? label : (label + 1 + index % (classes - 1)) % classes
      let certainty = 0.5 + 0.4 * Float(stream.uniform64(2 * index + 1))
      file.add(
        split: split, fold: fold, index: index, label: label, predicted: answer,
        probabilities: (0..<classes).map {
          $0 == answer ? certainty : (1 - certainty) / Float(classes - 1)
        })
    }
    let validation = RandomStream(seed: UInt64(luck), purpose: .bootstrap, step: 1)
    let test = RandomStream(seed: UInt64(luck), purpose: .bootstrap, step: 2)
    let folds = foldScores.count
    for place in 0..<self.validation {
      let index = heldOutFrom + place
      let fold = folds == 0 ? 0 : (index + index / 7 * foldShift) % folds + 1
      add("validation", fold, index, validation)
    }
    for fold in folds == 0 || hasEnsemble ? [0] : Array(1...folds) {
      for index in 0..<self.test { add("test", fold, index, test) }
    }
    return file
  }

  private func summary(_ bytes: [UInt8]) throws -> JSONValue {
    let tables = try PredictionsFile.parse(bytes, path: "predictions.csv")
    func scores(_ split: String) -> [String: JSONValue] {
      guard let table = tables[split] else { return [:] }
      let report = ClassificationReport(table.pooled.confusionMatrix)
      return [
        "accuracy": .number(report.micro.f1), "f1_macro": .number(report.macro.f1),
        "precision_macro": .number(report.macro.precision),
        "recall_macro": .number(report.macro.recall), "loss": .number(1 - report.micro.f1),
      ]
    }
    var object: [String: JSONValue] = [
      "status": .string(status), "identity": .string(String(repeating: "a", count: 64)),
      "dataset": .string(dataset), "parameters": ["total": 100, "trainable": 90],
      "epochs": .integer(epochs), "best_epoch": .integer(epochs),
      "validation": .object(scores("validation")), "test": .object(scores("test")),
      "intervals": ["test": ["accuracy": [.number(skill - 0.02), .number(skill + 0.02)]]],
    ]
    if fold != nil {
      object["examples"] = [
        "train": .integer(validation), "validation": .integer(validation), "test": .integer(test),
      ]
    }
    if !foldScores.isEmpty {
      object["folds"] = .array(
        foldScores.enumerated().map { place, score in
          [
            "fold": .integer(place + 1), "repeat": 1,
            "validation": [
              "accuracy": .number(score), "f1_macro": .number(score), "loss": .number(1 - score),
            ],
            "test": .object(scores("test")), "best_epoch": .integer(epochs),
            "epochs": .integer(epochs),
            "validation_examples": .integer(validation / foldScores.count),
            "train_examples": .integer(validation - validation / foldScores.count),
          ]
        })
      let mean = foldScores.reduce(0, +) / Double(foldScores.count)
      let squares = foldScores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let deviation = (squares / Double(max(1, foldScores.count - 1))).squareRoot()
      object["validation"] = [
        "accuracy": .number(mean), "f1_macro": .number(mean), "loss": .number(1 - mean),
      ]
      object["validation_sd"] = [
        "accuracy": .number(deviation), "f1_macro": .number(deviation), "loss": .number(deviation),
      ]
    }
    return .object(object)
  }
}
