import DataSchema
import Datasets
import Planning
import RunRecord
import Tasks

/// What a job's data hold and what it uses them for, for `data.json`.
struct UsedData {
  /// Faults of the data that make scores misleading.
  let warnings: [String]
  private let copies: Bool?
  private let data: JobData
  private let plan: Plan
  private let info: RunInfo
  private let run: RunDirectory

  /// Looks for faults.
  ///
  /// - Throws: ``DataError`` if an image cannot be read.
  init(_ data: JobData, _ plan: Plan, _ info: RunInfo, of run: RunDirectory) throws {
    self.data = data
    self.plan = plan
    self.info = info
    self.run = run
    let check = LeakageCheck(data, fold: info.fold)
    let leaks = try check.warnings()
    copies = check.comparesImages ? !leaks.isEmpty : nil
    warnings = leaks + ClassCoverage(data, plan.task, fold: info.fold).warnings()
  }

  /// - Throws: ``FileError`` if `run.json` is damaged; ``DataError`` if the files cannot be listed.
  func record() throws -> DataRecord {
    var record = DataRecord(
      data.train.schema, counts: data.counts, fingerprint: info.dataset.fingerprint)
    let sets =
      [(name: "train", source: data.train, indices: data.trainIndices)] + data.measured
    record.sets = sets.filter { !$0.indices.isEmpty }.map { set in
      DataRecord.ExampleSet(
        name: set.name, examples: set.indices.count,
        balance: plan.task.balance(set.source.targets, set.indices))
    }
    record.warnings = warnings
    record.hasCopies = copies
    var seen: Set<String> = []
    record.notes = (data.train.notes + data.test.notes).filter { seen.insert($0).inserted }
    if info.dataset.used == info.dataset.requested {
      let broken = try plan.dataset.omissions(of: AcquiredDataset(info.dataset, in: run)).broken
      record.leftOut = DataRecord.LeftOut(
        broken.map { DataRecord.LeftOut.File(path: $0.path, reason: $0.reason) })
    }
    return record
  }
}
