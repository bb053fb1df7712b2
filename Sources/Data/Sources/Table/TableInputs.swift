import DataSchema
import Files
import Tables

/// Where the text of a table is.
private enum Origin {
  case file(String)
  /// Text in memory, which errors call `name`.
  case memory([UInt8], name: String)

  var path: String {
    switch self {
    case .file(let path): path
    case .memory(_, let name): name
    }
  }

  func open() throws(DataError) -> TextInput {
    switch self {
    case .file(let path): try TextInput(path: path)
    case .memory(let bytes, let name): TextInput(bytes, name: name)
    }
  }
}

/// Rows of another table, to be predicted by a model: its columns are found by their names, targets are not
/// needed. Before ``applying(_:)``, the vectors cannot be read.
struct TableInputs: ExampleSource {
  let schema: DataSchema
  let targets: Targets
  let fingerprint: String
  private let origin: Origin
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
      origin: .file(path), options: options, schema: schema, targets: Self.targets(count, schema),
      fingerprint: try DataError.wrap { () throws(FileError) in try Digest.hex(ofFile: path) },
      encoder: nil)
  }

  /// Rows in memory.
  ///
  /// - Parameter rows: the values as texts, `nil` where one is missing; numbers have a decimal point.
  init(
    columns: [String], rows: [[String?]], like options: TableOptions, schema: DataSchema
  ) throws(DataError) {
    guard !rows.isEmpty else { throw DataError(path: Self.rowsName, reason: "has no rows") }
    var options = options
    options.format = DelimitedFormat(
      delimiter: .comma, rowLimit: max(options.format.rowLimit, 1 << 24))
    options.decimal = .point
    var bytes: [UInt8] = []
    for row in [columns.map(Optional.some)] + rows {
      for (place, cell) in row.enumerated() {
        if place > 0 { bytes.append(UInt8(ascii: ",")) }
        Self.append(cell, to: &bytes)
      }
      bytes.append(UInt8(ascii: "\n"))
    }
    self.init(
      origin: .memory(bytes, name: Self.rowsName), options: options, schema: schema,
      targets: Self.targets(rows.count, schema), fingerprint: Digest.hex(of: bytes), encoder: nil)
  }

  private static let rowsName = "the request"

  /// Appends a quoted cell, which is empty for a missing value.
  private static func append(_ cell: String?, to bytes: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    bytes.append(quote)
    for byte in (cell ?? "").utf8 {
      if byte == quote { bytes.append(quote) }
      bytes.append(byte)
    }
    bytes.append(quote)
  }

  /// Unknown targets.
  private static func targets(_ count: Int, _ schema: DataSchema) -> Targets {
    let width = schema.target.kind.targetWidth
    return Targets([Float](repeating: 0, count: count * width), width: width)
  }

  private init(
    origin: Origin, options: TableOptions, schema: DataSchema, targets: Targets,
    fingerprint: String,
    encoder: BoundEncoder?
  ) {
    self.origin = origin
    self.options = options
    self.schema = schema
    self.targets = targets
    self.fingerprint = fingerprint
    self.encoder = encoder
  }

  var count: Int { targets.count }
  var notes: [String] { encoder?.notes ?? [] }

  func column(_ name: String) throws(DataError) -> [String] {
    guard case .file(let path) = origin else { throw .noColumns(name) }
    return try RowTexts.column(
      name, of: TableIndex(reading: path, TableOptions(format: options.format)))
  }

  func applying(_ fitted: [UInt8]) throws(DataError) -> any ExampleSource {
    let path = origin.path
    let encoder = try FittedEncoder(json: fitted, path)
    var options = encoder.options(like: options)
    options.format = self.options.format
    let index = try TableIndex(reading: origin.open(), options)
    guard index.rowCount == count else {
      throw DataError(path: path, reason: "has changed since it was opened")
    }
    let bound = try encoder.bound(
      to: Table(reading: origin.open(), index, columns: encoder.features))
    guard schema.input.kind == .vector(bound.width) else {
      throw DataError(
        path: path,
        reason: "has \(bound.width) values per row, but the model needs \(schema.input.kind)")
    }
    return TableInputs(
      origin: origin, options: options, schema: schema, targets: targets,
      fingerprint: Digest.hex(of: [Array("\(fingerprint)\n".utf8), fitted]), encoder: bound)
  }

  func read(_ indices: [Int], into batch: inout ExampleBatch) throws(DataError) {
    guard let encoder else {
      throw DataError(
        path: origin.path,
        reason: "cannot be read before it is connected with what the model was fitted to")
    }
    batch[schema.input.name] = .numbers(try encoder.encode(indices))
  }
}
