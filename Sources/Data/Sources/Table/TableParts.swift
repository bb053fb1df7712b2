import DataSchema
import Splits
import Tables

/// Which examples of a table are for training, validation and testing.
struct TableParts: Sendable {
  /// Places of examples for training and validation, ascending.
  let train: [Int]
  /// Places of examples to test on, ascending.
  let test: [Int]
  /// Of each example; `nil` if none is for validation.
  let isValidation: [Bool]?

  /// - Parameters:
  ///   - rows: of the examples, in the table.
  ///   - targets: of the examples.
  ///   - field: what the targets are.
  ///   - texts: read with the column of the split, if there is one.
  ///   - hash: of what the example at a place holds; decides what is tested on if the table does not.
  /// - Throws: ``DataError`` for a word that is no part's, and if too little is left to learn from.
  init(
    _ reading: TableReading, _ rows: [Int], _ targets: Targets, _ field: DataField, table: Table,
    _ texts: RowTexts, hash: (Int) -> ArraySlice<UInt8>
  ) throws(DataError) {
    let classes: [Float]? = if case .category = field.kind { targets.values } else { nil }
    var (train, validation, test) = (Array(rows.indices), [Int](), [Int]())
    if let column = reading.roles.split {
      let split = try PredefinedSplit(rows.map { texts.column[$0] }, path: table.path) {
        "line \(table.line(ofRow: rows[$0])), column '\(column)'"
      }
      (train, validation, test) = (split.train, split.validation, split.test)
    }
    if test.isEmpty {
      test = RowChoice.fraction(reading.testFraction, of: train, classes: classes, hash: hash)
      let chosen = Set(test)
      train.removeAll { chosen.contains($0) }
    }
    self.train = (train + validation).sorted()
    self.test = test
    var flags = [Bool](repeating: false, count: rows.count)
    for place in validation { flags[place] = true }
    isValidation = validation.isEmpty ? nil : flags
    try Self.check(train, targets, field, path: table.path)
  }

  /// Checks that there is something to learn from.
  private static func check(
    _ train: [Int], _ targets: Targets, _ field: DataField, path: String
  ) throws(DataError) {
    guard !train.isEmpty else {
      throw DataError(
        path: path,
        reason: "has too few different rows: none are left to train on besides those to test on")
    }
    guard case .category(let names) = field.kind else { return }
    guard names.count > 1 else {
      throw DataError(
        path: path,
        reason: "column '\(field.name)' has one class, '\(names.first ?? "")'; expected "
          + "at least two")
    }
    let present = Set(train.map { targets.values[$0] })
    for (number, name) in names.enumerated() where !present.contains(Float(number)) {
      let rows = targets.values.count { $0 == Float(number) }
      throw DataError(
        path: path,
        reason: "leaves no training rows of the class '\(name)', which has \(rows) "
          + "row\(rows == 1 ? "" : "s") in all; leave such rows out or merge the class with another"
      )
    }
  }

  func places(_ split: DataSplit) -> [Int] { split == .train ? train : test }

  /// Whether each example of a split is for validation; `nil` if none is.
  func flags(_ split: DataSplit) -> [Bool]? {
    guard let isValidation else { return nil }
    let flags = places(split).map { isValidation[$0] }
    return flags.contains(true) ? flags : nil
  }
}
