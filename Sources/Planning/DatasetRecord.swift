import DataSchema
import Datasets
import ExperimentConfig
import Files
import RunRecord

extension AcquiredDataset {
  /// The data set that the `run.json` of `run` records.
  ///
  /// - Throws: ``FileError`` that names the invalid key of `run.json`.
  package init(_ record: RunInfo.Dataset, in run: RunDirectory) throws(FileError) {
    func damaged(_ key: String, _ problem: String) -> FileError {
      FileError(path: run.file("run.json"), reason: "is damaged: dataset.\(key): \(problem)")
    }
    guard let origin = DataOrigin(rawValue: record.origin) else {
      let known = DataOrigin.allCases.map(\.rawValue).joined(separator: ", ")
      throw damaged("origin", "'\(record.origin)' is not one of \(known)")
    }
    // Programs before format 2 supported only four files, without recording which is which.
    let roles = IDXRole.allCases
    var files: [DataFile] = []
    for (index, file) in record.files.enumerated() {
      let isUnnamed = file.split == nil && file.contents == nil
      let role = isUnnamed && record.files.count == roles.count ? roles[index] : nil
      guard let split = role?.split ?? file.split.flatMap(DataSplit.init),
        let contents = role?.contents ?? file.contents.flatMap(DataFile.Contents.init)
      else { throw damaged("files", "file \(index + 1) does not say what it holds") }
      files.append(
        DataFile(path: file.path, sha256: file.sha256, split: split, contents: contents))
    }
    if files.isEmpty { throw damaged("files", "no file is recorded") }
    self.init(name: record.used, files: files, origin: origin)
  }
}

extension RunInfo.Dataset {
  /// A data set as `run.json` records it.
  package init(_ acquired: AcquiredDataset, requested: String) {
    self.init(
      requested: requested, used: acquired.name, fingerprint: acquired.fingerprint,
      origin: acquired.origin.rawValue,
      files: acquired.files.map { file in
        var record = RunInfo.Dataset.File(path: file.path, sha256: file.sha256)
        record.split = file.split.rawValue
        record.contents = file.contents.rawValue
        return record
      })
  }
}

extension Plan {
  /// Opens a split of the data that a run records.
  ///
  /// - Parameter run: the run whose `run.json` contains the record.
  /// - Throws: ``FileError`` if the record is damaged; ``DataError`` if the files have changed or
  ///   have unexpected contents.
  package func open(
    _ split: DataSplit, of record: RunInfo.Dataset, in run: RunDirectory
  ) throws -> any ExampleSource {
    let data = try AcquiredDataset(record, in: run)
    if let own = own(named: record.used) { return try own.open(split, of: data) }
    // A folder of other files with the same kind of targets as the run's.
    if record.used == IDXFolder.name {
      return try IDXFolder.open(split, of: data, target: dataset.dataSchema.target)
    }
    guard let other = try DatasetRegistry.make(named: record.used, in: .empty) else {
      throw FileError(
        path: run.file("run.json"),
        reason: "is damaged: dataset.used: there is no data set '\(record.used)'")
    }
    return try other.open(split, of: data)
  }

  /// Opens a split of data acquired for this experiment.
  ///
  /// - Throws: ``DataError`` if the files have changed or do not match the experiment.
  package func open(
    _ split: DataSplit, of data: AcquiredDataset
  ) throws(DataError) -> any ExampleSource {
    try (own(named: data.name) ?? dataset).open(split, of: data)
  }

  /// The experiment's data set or its fallback.
  private func own(named name: String) -> (any DatasetDefinition)? {
    [dataset, fallback].compactMap(\.self).first { type(of: $0).schema.name == name }
  }
}
