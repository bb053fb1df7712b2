import DataSchema
import Datasets
import Files
import RunRecord

extension AcquiredDataset {
  /// The data set that the `run.json` of `run` records.
  ///
  /// - Throws: ``FileError`` that names the key of `run.json` that is wrong.
  package init(
    _ record: RunInfo.Dataset, target: DataField?, in run: RunDirectory
  ) throws(FileError) {
    let path = run.file("run.json")
    let count = ImageFileRole.allCases.count
    guard record.files.count == count else {
      throw FileError(
        path: path,
        reason: "is damaged: dataset.files: expected \(count) files, found \(record.files.count)")
    }
    guard let origin = DataOrigin(rawValue: record.origin) else {
      let known = DataOrigin.allCases.map(\.rawValue).joined(separator: ", ")
      throw FileError(
        path: path,
        reason: "is damaged: dataset.origin: '\(record.origin)' is not one of \(known)")
    }
    self.init(name: record.used, target: target, origin: origin) { role in
      let file = record.files[role.rawValue]
      return ImageFile(path: file.path, sha256: file.sha256)
    }
  }
}

extension RunInfo.Dataset {
  /// A data set as `run.json` records it.
  package init(_ acquired: AcquiredDataset, requested: String) {
    self.init(
      requested: requested, used: acquired.name, fingerprint: acquired.fingerprint,
      origin: acquired.origin.rawValue,
      files: ImageFileRole.allCases.map {
        RunInfo.Dataset.File(path: acquired[$0].path, sha256: acquired[$0].sha256)
      })
  }
}
