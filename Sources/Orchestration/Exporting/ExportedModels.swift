import DataSchema
import Diagnostics
import ExperimentConfig
import Export
import Files
import Planning
import RunRecord
import Tables
import Tasks
import Transforms
import Weights
import WorkerProtocol

/// The models of a run with their weights, read without LibTorch, and what an exported file says about them.
struct ExportedModels {
  let models: PredictionModels

  var plan: Plan { models.plan }

  /// The name of a model among several; empty for the only one.
  private func name(_ member: PredictionRequest.Model) -> String {
    models.members.count == 1 ? "" : RunDirectory(path: member.directory).name
  }

  /// The values that the model has, by their names.
  ///
  /// - Throws: ``FileError`` if the file does not fit the model.
  func weights(_ member: PredictionRequest.Model) throws -> [SafeTensors.Entry] {
    let file = try StateDictFile(reading: member.weights)
    let comparison = file.compare(with: plan.graph.expectedTensors)
    guard comparison.fits else {
      let shown = comparison.problems.prefix(10).joined(separator: "\n  ")
      throw FileError(
        path: member.weights, reason: "does not match the run's model:\n  \(shown)")
    }
    return try file.finiteEntries(named: comparison.loaded)
  }

  /// The models for a graph of ONNX.
  func members() throws -> [ONNXExport.Member] {
    try models.members.map { member in
      let entries = try weights(member)
      var exported = ONNXExport.Member(
        name: name(member),
        weights: Dictionary(entries.map { ($0.name, $0) }) { first, _ in first },
        pipeline: try pipeline(member))
      exported.encoder = try encoder(member)
      return exported
    }
  }

  /// How a model's training turned the columns of a table into vectors; `nil` if its inputs are none.
  func encoder(_ member: PredictionRequest.Model) throws -> FittedEncoder? {
    let run = RunDirectory(path: member.directory)
    guard let record = try run.fittedInputs() else { return nil }
    do {
      return try JSONText.decode(FittedEncoder.self, from: record)
    } catch {
      throw FileError(path: run.file(RunDirectory.fittedInputs), reason: "is damaged: \(error)")
    }
  }

  /// The transforms with the statistics of a model's training; `nil` if the inputs are no pictures.
  func pipeline(_ member: PredictionRequest.Model) throws -> TransformPipeline? {
    guard let transforms = plan.transforms else { return nil }
    guard transforms.steps.contains(.normalizeByTraining) else { return transforms }
    return try NormalizationFile(beside: member.weights).fitted(transforms)
  }

  /// Refuses several models that each take inputs of their own.
  ///
  /// - Parameter takesBytes: whether the format could take pictures instead.
  func refuseOwnInputs(takesBytes: Bool = true) throws {
    guard models.members.count > 1 else { return }
    let isFitted =
      plan.transforms?.steps.contains(.normalizeByTraining) == true
      || models.members.contains {
        RunDirectory(path: $0.directory).isFile(RunDirectory.fittedInputs)
      }
    guard isFitted else { return }
    throw InputError(
      "the inputs of the \(models.members.count) models are scaled by the training examples of each, so "
        + "that no tensor is the input of all",
      hint: plan.transforms == nil || !takesBytes
        ? "export one of them: --fold 1, or --seed"
        : "take bytes: --input bytes; or one model: --fold 1")
  }

  /// Refuses detectors.
  ///
  /// - Parameter format: what cannot be written.
  func refuseBoxes(for format: String) throws {
    let kind = models.task.target.kind
    guard kind.areBoxes else { return }
    throw InputError(
      "a model for \(kind) cannot be exported to \(format) yet",
      hint: "'runner export RUN onnx' has its post-processing, too")
  }

  /// Refuses several models whose predictions cannot be combined.
  func refuseUncombined() throws {
    let task = models.task
    if models.members.count > 1, !type(of: task).combinesPredictions {
      throw InputError(
        "the predictions of \(models.members.count) models for \(task.target.kind) cannot be "
          + "combined", hint: "export one of them: --fold 1, or --seed")
    }
  }

  /// The probabilities from which labels are given, as fitted; empty if none were.
  func thresholds() throws -> [Double] {
    guard plan.task.fittedOption != nil, let record = try models.task.fittedRecord() else {
      return []
    }
    guard case .object(let object) = try JSONText.decode(JSONValue.self, from: Array(record.bytes)),
      case .array(let rows)? = object["labels"]
    else { return [] }
    return rows.compactMap { row in
      guard case .object(let row) = row else { return nil }
      switch row["threshold"] {
      case .number(let number): return number
      case .integer(let number): return Double(number)
      default: return nil
      }
    }
  }

  /// What the file says about the model, in the order in which it is written.
  func metadata() throws -> [(key: String, value: String)] {
    let names = plan.task.target.kind.names
    var metadata = [
      ("runner.version", Version.runner), ("runner.run", models.run.name),
      ("runner.identity", models.info.identity), ("task", plan.task.name),
      ("classes", try text(.array(names.map(JSONValue.string)))),
      ("target", plan.task.target.name),
    ]
    if models.members.count > 1 {
      metadata.append(
        ("models", try text(.array(models.members.map { .string(name($0)) }))))
    } else if let part = models.partName {
      metadata.append(("model", part))
    }
    if let pipeline = try pipeline(models.members[0]) {
      let lines = pipeline.fingerprintText.split(separator: "\n").dropFirst()
      metadata.append(("transforms", try text(.array(lines.map { .string(String($0)) }))))
    }
    let member = RunDirectory(path: models.members[0].directory)
    if models.members.count == 1, let record = try member.fittedInputs() {
      // How a row of the table becomes a vector.
      let names = try encoder(models.members[0])?.names ?? []
      metadata.append(("features", try text(.array(names.map(JSONValue.string)))))
      metadata.append((RunDirectory.fittedInputs, String(decoding: record, as: UTF8.self)))
    }
    if plan.task.fittedOption != nil, let record = try models.task.fittedRecord() {
      metadata.append((record.name, String(decoding: record.bytes, as: UTF8.self)))
    }
    return metadata.map { (key: $0.0, value: $0.1) }
  }

  private func text(_ value: JSONValue) throws -> String {
    String(decoding: try JSONText.encode(value), as: UTF8.self)
  }
}
