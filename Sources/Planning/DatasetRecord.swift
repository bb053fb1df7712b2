import Datasets
import RunRecord

extension AcquiredDataset {
  /// What `run.json` records of a data set; nothing where it is not one that lies in four files.
  package init?(_ record: RunInfo.Dataset, classes: Int) {
    guard record.files.count == ImageFileRole.allCases.count,
      let origin = DataOrigin(rawValue: record.origin)
    else { return nil }
    self.init(name: record.used, classes: classes, origin: origin) { role in
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
