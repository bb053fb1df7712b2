import DataSchema
import Diagnostics
import ExperimentConfig
import Tables

/// A user's own table, CSV or TSV.
struct TableDataset: DatasetDefinition {
  private let path: String
  let reading: TableReading
  let cache: ImageIndexCache
  private let tables: IndexMemory<TableKey, any TableExamples>
  let dataSchema: DataSchema

  init(_ arguments: Arguments, in environment: DataEnvironment) throws {
    path = environment.absolute(try arguments.string("file"))
    reading = try TableReading(arguments, in: environment)
    tables = environment.tables
    cache = ImageIndexCache(environment)
    let names = try ColumnNames(arguments)
    try names.checkUses()
    if let recorded = environment.recorded {
      dataSchema = recorded
      return
    }
    if let root = reading.images?.root, !FileSearch.isFolder(root), !FileSearch.isFile(root) {
      throw InputError(
        "\(root): there is no such folder or archive", at: arguments.range("images"))
    }
    do {
      let header = try DelimitedReader(path: path, format: reading.options.format).names
      try names.check(against: header, path: path)
      dataSchema = try Self.contents(path, reading, in: tables, cache).schema
    } catch let error as DataError {
      throw InputError("\(error)", at: arguments.range("file"))
    }
    if reading.unit != nil, case .numbers = dataSchema.target.kind { return }
    if reading.unit != nil {
      throw InputError(
        "only numbers have a unit, the target is \(dataSchema.target.kind)",
        at: arguments.range("unit"))
    }
  }

  func acquire(
    environment: DataEnvironment, progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> AcquiredDataset {
    let contents = try contents(path)
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

  func openInputs(_ path: String) throws(DataError) -> any ExampleSource {
    if let images = reading.images { return try openImages(path, images) }
    return try TableInputs(path, like: reading.options, schema: dataSchema)
  }

  func isInputList(_ path: String) -> Bool {
    guard reading.images != nil else { return false }
    let name = path.lowercased()
    let plain = name.hasSuffix(".gz") ? name.dropLast(3) : name[...]
    return [".csv", ".tsv", ".txt"].contains { plain.hasSuffix($0) }
  }

  func omissions() throws(DataError) -> DatasetOmissions {
    reading.images == nil ? DatasetOmissions() : try contents(path).omissions
  }

  private func contents(_ path: String) throws(DataError) -> any TableExamples {
    try Self.contents(path, reading, in: tables, cache)
  }

  private static func contents(
    _ path: String, _ reading: TableReading, in tables: IndexMemory<TableKey, any TableExamples>,
    _ cache: ImageIndexCache
  ) throws(DataError) -> any TableExamples {
    let key = TableKey(path: path, stamp: FileStamp(path), reading: reading)
    return try tables.index(key) { () throws(DataError) -> any TableExamples in
      if let images = reading.images {
        return try ImageTableContents(reading, images, path: path, cache)
      }
      return try TableContents(reading, path: path)
    }
  }
}
