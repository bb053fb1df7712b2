import DataSchema
import Diagnostics
import ExperimentConfig
import Tables

/// A user's own table, CSV or TSV.
struct TableDataset: DatasetDefinition {
  private let path: String
  private let reading: TableReading
  private let tables: IndexMemory<TableContents.Key, TableContents>
  let dataSchema: DataSchema

  init(_ arguments: Arguments, in environment: DataEnvironment) throws {
    path = environment.absolute(try arguments.string("file"))
    reading = try TableReading(arguments)
    tables = environment.tables
    let names = try ColumnNames(arguments)
    try names.checkUses()
    if let recorded = environment.recorded {
      dataSchema = recorded
      return
    }
    do {
      let header = try DelimitedReader(path: path, format: reading.options.format).names
      try names.check(against: header, path: path)
      dataSchema = try Self.contents(path, reading, in: tables).schema
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
    let contents = try Self.contents(path, reading, in: tables)
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
    let source = try Self.contents(file.path, reading, in: tables).source(split)
    guard source.fingerprint == file.sha256 else {
      throw DataError(path: file.path, reason: "has changed since this run began")
    }
    return source
  }

  func openInputs(_ path: String) throws(DataError) -> any ExampleSource {
    try TableInputs(path, like: reading.options, schema: dataSchema)
  }

  private static func contents(
    _ path: String, _ reading: TableReading,
    in tables: IndexMemory<TableContents.Key, TableContents>
  ) throws(DataError) -> TableContents {
    let key = TableContents.Key(path: path, stamp: FileStamp(path), reading: reading)
    return try tables.index(key) { () throws(DataError) in
      try TableContents(reading, path: path)
    }
  }
}
