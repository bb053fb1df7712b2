import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Planning
import RunRecord
import Tasks

/// The data set of a run as metadata of MLCommons' Croissant.
struct CroissantFormat: RecordFormat {
  static let name = "croissant"
  static let doc = "The run's data set as MLCommons Croissant 1.0 (JSON-LD): files, hashes, fields."

  func export(_ request: RecordRequest) async throws -> ExportedRecord {
    let run = try request.run(for: "Croissant")
    let info = try run.readInfo()
    guard run.isFile(DataRecord.name) else {
      throw InputError(
        "'\(run.path)' does not record what its data hold: it is of an earlier version",
        hint: "train again, or describe another run")
    }
    let plan = try RecordedEnvironment.plan(of: run, processors: 1, needsWeights: false)
    // Opening the data compares them with what the run was trained on.
    let sources: [(split: DataSplit, source: any ExampleSource)]
    do {
      sources = try DataSplit.allCases.map { split in
        (split, try plan.open(split, of: info.dataset, in: run))
      }
    } catch let error as DataError {
      throw InputError(
        "the data of '\(run.path)' cannot be described: \(error)",
        hint: "Croissant holds the hashes of the files, so they have to be where the run found them"
      )
    }
    let path = request.path ?? "\(info.dataset.used).croissant.json"
    try ExportRequest.check(path)
    let dataset = try CroissantDataset(
      name: info.dataset.used, fingerprint: info.dataset.fingerprint,
      files: try AcquiredDataset(info.dataset, in: run).files, target: plan.task.target, sources,
      beside: path)
    let text = String(decoding: try JSONText.encode(dataset.json, pretty: true), as: UTF8.self)
    _ = try request.write(text + "\n", as: path)
    return ExportedRecord(
      place: path, notes: (dataset.records.map { ["records: \($0)"] } ?? []) + dataset.notes,
      details: [
        "path": .string(path), "files": .integer(dataset.distribution.count),
        "record_sets": .integer(dataset.recordSets.count),
        "records": dataset.records.map(JSONValue.string) ?? .null,
        "notes": .array(dataset.notes.map(JSONValue.string)),
      ])
  }
}
