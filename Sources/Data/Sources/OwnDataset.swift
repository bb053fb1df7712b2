import DataSchema
import Diagnostics
import ExperimentConfig

/// What a user's own files hold, and which examples belong to which split.
protocol SplitContents: Sendable {
  var schema: DataSchema { get }

  /// What is left out or cannot be read.
  var omissions: DatasetOmissions { get }

  /// Whether a run can begin with the examples.
  ///
  /// - Throws: ``DataError`` if it cannot.
  func check() throws(DataError)

  /// SHA-256 of everything that the examples of a split hold.
  func fingerprint(_ split: DataSplit) -> String

  /// The examples of a split.
  ///
  /// - Throws: ``DataError`` if its files cannot be opened.
  func source(_ split: DataSplit) throws(DataError) -> any ExampleSource
}

extension SplitContents {
  var omissions: DatasetOmissions { DatasetOmissions() }

  func check() throws(DataError) {}
}

/// A data set of a user's own files, found at one path. Runs record a fingerprint of each split.
protocol OwnDataset: DatasetDefinition {
  /// A file, a folder or an archive.
  var path: String { get }

  /// What is at a path now.
  ///
  /// - Throws: ``DataError`` if it cannot be read or used.
  func contents(_ path: String) throws(DataError) -> any SplitContents
}

extension OwnDataset {
  func acquire(
    environment: DataEnvironment, progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> AcquiredDataset {
    let contents = try contents(path)
    try contents.check()
    return AcquiredDataset(
      name: Self.schema.name,
      files: DataSplit.allCases.map { split in
        DataFile(
          path: path, sha256: contents.fingerprint(split), split: split, contents: .examples)
      }, origin: .folder)
  }

  func open(
    _ split: DataSplit, of data: AcquiredDataset
  ) throws(DataError) -> any ExampleSource {
    guard let file = data.file(split, .examples) else {
      throw DataError(path: data.name, reason: "has no files of \(split.rawValue) examples")
    }
    let source = try contents(file.path).source(split)
    guard source.fingerprint == file.sha256 else {
      throw DataError(path: file.path, reason: "has changed since this run began")
    }
    return source
  }

  func omissions() throws(DataError) -> DatasetOmissions { try contents(path).omissions }

  func omissions(of data: AcquiredDataset) throws(DataError) -> DatasetOmissions {
    try contents(data.file(.train, .examples)?.path ?? path).omissions
  }

  /// - Throws: `InputError` at the argument `unit` if there is one and the target has no numbers.
  static func checkUnit(_ arguments: Arguments, of schema: DataSchema) throws {
    guard arguments.has("unit") else { return }
    if case .numbers = schema.target.kind { return }
    throw InputError(
      "only numbers have a unit, but the target is \(schema.target.kind)",
      at: arguments.range("unit"))
  }
}
