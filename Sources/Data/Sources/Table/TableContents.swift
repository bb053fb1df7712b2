import DataSchema
import Files
import Splits
import Tables

/// A table in memory, with what is a feature, what is a target and which rows are tested on.
struct TableContents: Sendable {
  /// What decides about the contents.
  struct Key: Hashable, Sendable {
    let path: String
    let stamp: FileStamp?
    let reading: TableReading
  }

  let index: TableIndex
  let table: Table
  let encoder: TableEncoder
  let targets: TableTargets
  let schema: DataSchema
  /// What is worth knowing about the table.
  let notes: [String]
  private let texts: RowTexts
  /// Of each example whether it is for validation; `nil` if none is.
  private let isValidation: [Bool]?
  /// Places in the targets' rows.
  private let train: [Int]
  private let test: [Int]

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
    let classes: [Float]? =
      if case .category = targets.field.kind { targets.targets.values } else { nil }
    var (train, validation, test) = (Array(targets.rows.indices), [Int](), [Int]())
    if let column = reading.roles.split {
      let split = try PredefinedSplit(targets.rows.map { [texts] in texts.column[$0] }, path: path)
      {
        [targets, table] in
        "line \(table.line(ofRow: targets.rows[$0])), column '\(column)'"
      }
      (train, validation, test) = (split.train, split.validation, split.test)
    }
    if test.isEmpty {
      test = RowChoice.fraction(reading.testFraction, of: train, classes: classes) {
        [targets, texts] in texts.hash(targets.rows[$0])
      }
      let chosen = Set(test)
      train.removeAll { chosen.contains($0) }
    }
    self.train = (train + validation).sorted()
    self.test = test
    var flags = [Bool](repeating: false, count: targets.rows.count)
    for place in validation { flags[place] = true }
    isValidation = validation.isEmpty ? nil : flags
    schema = DataSchema(
      inputs: [DataField("features", .vector(encoder.width))], targets: [targets.field],
      counts: [.train: self.train.count, .test: test.count])
    try check(train)
  }

  /// Checks that there is something to learn from.
  private func check(_ train: [Int]) throws(DataError) {
    guard !train.isEmpty else {
      throw DataError(
        path: index.path,
        reason: "has too few different rows: none is left to train on beside those to test on")
    }
    guard case .category(let names) = targets.field.kind else { return }
    guard names.count > 1 else {
      throw DataError(
        path: index.path,
        reason: "column '\(targets.field.name)' has one class, '\(names.first ?? "")'; expected "
          + "at least two")
    }
    let present = Set(train.map { targets.targets.values[$0] })
    for (number, name) in names.enumerated() where !present.contains(Float(number)) {
      let rows = targets.targets.values.count { $0 == Float(number) }
      throw DataError(
        path: index.path,
        reason: "leaves no training rows of the class '\(name)', which has \(rows) "
          + "row\(rows == 1 ? "" : "s") in all; leave such rows out or merge the class with another"
      )
    }
  }

  func places(_ split: DataSplit) -> [Int] { split == .train ? train : test }

  /// SHA-256 of everything that the examples of a split hold, columns that are not used included.
  func fingerprint(_ split: DataSplit) -> String {
    var digest = RunningDigest()
    digest.add("table 1\n\(schema.target.kind.name)\n".utf8)
    for name in index.columns.map(\.name).sorted() {
      digest.add("\(name.utf8.count) \(name)\n".utf8)
    }
    for name in encoder.names + targets.valueNames {
      digest.add("\(name.utf8.count) \(name)\n".utf8)
    }
    for place in places(split) {
      digest.add(texts.hash(targets.rows[place]))
      digest.add([isValidation?[place] == true ? 1 : 0])
    }
    return digest.hex
  }

  /// The examples of a split.
  func source(_ split: DataSplit) -> TableSource {
    let places = places(split)
    let flags = isValidation.map { flags in places.map { flags[$0] } }
    return TableSource(
      self, rows: places.map { targets.rows[$0] }, targets: targets.targets.selecting(places),
      isValidation: flags?.contains(true) == true ? flags : nil, fingerprint: fingerprint(split))
  }
}
