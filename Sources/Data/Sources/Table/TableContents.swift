import DataSchema
import Files
import Tables

/// A table in memory, with what is a feature, what is a target and which rows are tested on.
struct TableContents: SplitContents {
  let index: TableIndex
  let table: Table
  let encoder: TableEncoder
  let targets: TableTargets
  let schema: DataSchema
  /// What is worth knowing about the table.
  let notes: [String]
  private let texts: RowTexts
  /// Of places in the targets' rows.
  private let parts: TableParts

  /// - Throws: `DataError` with the line of what cannot be read or used.
  init(_ reading: TableReading, path: String) throws(DataError) {
    index = try TableIndex(reading: path, reading.options)
    let features = try reading.roles.features(of: index)
    try index.checkMissing(features.names, reading.encoding)
    encoder = try TableEncoder(index, features: features.names, reading.encoding)
    table = try Table(reading: index, columns: features.names + reading.roles.targets)
    targets = try TableTargets(
      reading.targetDefinition(in: table), of: table, skipMissing: reading.skipsErrors)
    texts = try RowTexts(index, column: reading.roles.split)
    notes =
      features.leftOut.map { "column '\($0.name)' is not used: \($0.reason)" }
      + index.identifiers(among: features.names) + targets.skippedNotes
    parts = try TableParts(
      reading, targets.rows, targets.targets, targets.field, table: table, texts
    ) { [targets, texts] in texts.hash(targets.rows[$0]) }
    var schema = DataSchema(
      inputs: [DataField("features", .vector(encoder.width))], targets: [targets.field],
      counts: [.train: parts.train.count, .test: parts.test.count])
    schema.validationCount = parts.flags(.train)?.count { $0 }
    self.schema = schema
  }

  /// Columns that are not used are included.
  func fingerprint(_ split: DataSplit) -> String {
    var digest = RunningDigest()
    digest.add("table 1\n\(schema.target.kind.name)\n".utf8)
    for name in index.columns.map(\.name).sorted() {
      digest.add("\(name.utf8.count) \(name)\n".utf8)
    }
    for name in encoder.names + targets.field.kind.valueNames {
      digest.add("\(name.utf8.count) \(name)\n".utf8)
    }
    for place in parts.places(split) {
      digest.add(texts.hash(targets.rows[place]))
      digest.add([parts.isValidation?[place] == true ? 1 : 0])
    }
    return digest.hex
  }

  func source(_ split: DataSplit) -> any ExampleSource {
    let places = parts.places(split)
    return TableSource(
      self, rows: places.map { targets.rows[$0] }, targets: targets.targets.selecting(places),
      isValidation: parts.flags(split), fingerprint: fingerprint(split))
  }
}
