import DataSchema
import Diagnostics
import ExperimentConfig
import Tables

/// A user's own table, CSV or TSV.
struct TableDataset: OwnDataset {
  let path: String
  let reading: TableReading
  let cache: ImageIndexCache
  private let tables: IndexMemory<TableKey, any SplitContents>
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
    try Self.checkUnit(arguments, of: dataSchema)
  }

  func openInputs(_ path: String) throws(DataError) -> any ExampleSource {
    if let images = reading.images { return try openImages(path, images) }
    return try TableInputs(path, like: reading.options, schema: dataSchema)
  }

  func openInputs(
    columns: [String], rows: [[String?]]
  ) throws(DataError) -> any ExampleSource {
    guard reading.images == nil else {
      throw DataError(path: "the request", reason: "has rows, but the model takes images")
    }
    return try TableInputs(columns: columns, rows: rows, like: reading.options, schema: dataSchema)
  }

  var decodesImages: Bool { reading.images != nil }

  var missingTexts: [String] { reading.options.missing.texts }

  func isInputList(_ path: String) -> Bool {
    guard reading.images != nil else { return false }
    let name = path.lowercased()
    let plain = name.hasSuffix(".gz") ? name.dropLast(3) : name[...]
    return [".csv", ".tsv", ".txt"].contains { plain.hasSuffix($0) }
  }

  func contents(_ path: String) throws(DataError) -> any SplitContents {
    try Self.contents(path, reading, in: tables, cache)
  }

  private static func contents(
    _ path: String, _ reading: TableReading, in tables: IndexMemory<TableKey, any SplitContents>,
    _ cache: ImageIndexCache
  ) throws(DataError) -> any SplitContents {
    let key = TableKey(path: path, stamp: FileStamp(path), reading: reading)
    return try tables.index(key) { () throws(DataError) -> any SplitContents in
      if let images = reading.images {
        return try ImageTableContents(reading, images, path: path, cache)
      }
      return try TableContents(reading, path: path)
    }
  }
}
