import DataSchema
import Files
import Tables

/// Rows of another table, to be predicted by a model: its columns are found by their names, targets are not
/// needed. Before ``applying(_:)``, the vectors cannot be read.
struct TableInputs: ExampleSource {
  let schema: DataSchema
  let targets: Targets
  let fingerprint: String
  private let path: String
  /// How the table that the model was trained on was read.
  private let options: TableOptions
  private let encoder: BoundEncoder?

  /// Counts the rows of a file.
  ///
  /// - Throws: `DataError` with the line of what cannot be read.
  init(_ path: String, like options: TableOptions, schema: DataSchema) throws(DataError) {
    let reader = try DelimitedReader(path: path, format: options.format)
    var count = 0
    while try reader.next() { count += 1 }
    guard count > 0 else {
      throw DataError(path: path, reason: "has no rows below its column names")
    }
    self.init(
      path: path, options: options, schema: schema,
      targets: Targets(
        [Float](repeating: 0, count: count * schema.target.kind.targetWidth),
        width: schema.target.kind.targetWidth),
      fingerprint: try DataError.wrap { () throws(FileError) in try Digest.hex(ofFile: path) },
      encoder: nil)
  }

  private init(
    path: String, options: TableOptions, schema: DataSchema, targets: Targets, fingerprint: String,
    encoder: BoundEncoder?
  ) {
    self.path = path
    self.options = options
    self.schema = schema
    self.targets = targets
    self.fingerprint = fingerprint
    self.encoder = encoder
  }

  var count: Int { targets.count }
  var notes: [String] { encoder?.notes ?? [] }

  func column(_ name: String) throws(DataError) -> [String] {
    try RowTexts.column(name, of: TableIndex(reading: path, TableOptions(format: options.format)))
  }

  func applying(_ fitted: [UInt8]) throws(DataError) -> any ExampleSource {
    let encoder = try FittedEncoder(json: fitted, path)
    var options = encoder.options(like: options)
    options.format = self.options.format
    let index = try TableIndex(reading: path, options)
    guard index.rowCount == count else {
      throw DataError(path: path, reason: "has changed since it was opened")
    }
    let bound = try encoder.bound(to: Table(reading: index, columns: encoder.features))
    guard schema.input.kind == .vector(bound.width) else {
      throw DataError(
        path: path,
        reason: "has \(bound.width) values per row, but the model needs \(schema.input.kind)")
    }
    return TableInputs(
      path: path, options: options, schema: schema, targets: targets,
      fingerprint: Digest.hex(of: [Array("\(fingerprint)\n".utf8), fitted]), encoder: bound)
  }

  func read(_ indices: [Int], into batch: inout ExampleBatch) throws(DataError) {
    guard let encoder else {
      throw DataError(
        path: path,
        reason: "cannot be read before it is connected with what the model was fitted to")
    }
    batch[schema.input.name] = .numbers(try encoder.encode(indices))
  }
}
