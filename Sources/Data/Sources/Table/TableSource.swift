import DataSchema
import Files
import FoundationEssentials
import Tables

/// Rows of a table as vectors. What they depend on, means and categories, is fitted to the training rows:
/// before ``applying(_:)``, the vectors cannot be read.
struct TableSource: ExampleSource {
  let targets: Targets
  let isValidation: [Bool]?
  let fingerprint: String
  private let contents: TableContents
  /// Rows of the table, in the order of the examples.
  private let rows: [Int]
  /// `nil` as long as nothing has been fitted.
  private let encoder: BoundEncoder?

  init(
    _ contents: TableContents, rows: [Int], targets: Targets, isValidation: [Bool]?,
    fingerprint: String, encoder: BoundEncoder? = nil
  ) {
    self.contents = contents
    self.rows = rows
    self.targets = targets
    self.isValidation = isValidation
    self.fingerprint = fingerprint
    self.encoder = encoder
  }

  var schema: DataSchema { contents.schema }
  var count: Int { rows.count }
  var notes: [String] { contents.notes + (encoder?.notes ?? []) }

  var columnNames: [String] { contents.index.columns.map(\.name) }
  var valueNames: [String]? { contents.encoder.names }

  /// The line of the file, as errors and editors count.
  func name(of index: Int) -> String? { "line \(contents.table.line(ofRow: rows[index]))" }

  func column(_ name: String) throws(DataError) -> [String] {
    try TableRows(index: contents.index, rows: rows).column(name)
  }

  func fit(_ rows: [Int]) throws(DataError) -> [UInt8]? {
    guard !rows.isEmpty else {
      throw DataError(path: contents.index.path, reason: "has no training rows")
    }
    return try contents.encoder.fit(contents.table, rows: rows.map { self.rows[$0] }).json(
      contents.index.path)
  }

  func applying(_ fitted: [UInt8]) throws(DataError) -> any ExampleSource {
    let path = contents.index.path
    let encoder = try FittedEncoder(json: fitted, path)
    guard encoder.names == contents.encoder.names else {
      throw DataError(
        path: path,
        reason: "its columns or categories differ from those that the model was fitted to")
    }
    return TableSource(
      contents, rows: rows, targets: targets, isValidation: isValidation,
      fingerprint: Digest.hex(of: [Array("\(fingerprint)\n".utf8), fitted]),
      encoder: try encoder.bound(to: contents.table))
  }

  func read(_ indices: [Int], into batch: inout ExampleBatch) throws(DataError) {
    guard let encoder else {
      throw DataError(
        path: contents.index.path,
        reason: "cannot be read before means and categories have been fitted to the training rows")
    }
    batch[schema.input.name] = .numbers(try encoder.encode(indices.map { rows[$0] }))
  }
}

/// A source whose vectors are encoded from the columns of a table.
package protocol TabularSource: ExampleSource {
  /// The columns that the vectors are encoded from, in their order, with the values of examples.
  ///
  /// - Throws: ``DataError`` if a column is not there.
  func featureColumns(_ indices: [Int]) throws(DataError) -> [TableColumn]
}

extension TableSource: TabularSource {
  func featureColumns(_ indices: [Int]) throws(DataError) -> [TableColumn] {
    let places = indices.map { rows[$0] }
    var columns: [TableColumn] = []
    for name in contents.encoder.features {
      if let column = try contents.table.column(name).selecting(places) { columns.append(column) }
    }
    return columns
  }
}

extension BoundEncoder {
  /// Categories that the training rows did not have.
  var notes: [String] {
    unknown.map {
      "column '\($0.column)': no training row has '\($0.value)', which is encoded as zeros in "
        + "\($0.count) row\($0.count == 1 ? "" : "s")"
    }
  }
}

extension FittedEncoder {
  /// - Throws: `DataError` if the text is not that of an encoder.
  init(json: [UInt8], _ path: String) throws(DataError) {
    do {
      self = try JSONDecoder().decode(FittedEncoder.self, from: Data(json))
    } catch {
      throw DataError(
        path: path, reason: "what was fitted to the training rows is damaged: \(error)")
    }
  }

  /// The text of a JSON file, the same for equal encoders.
  ///
  /// - Throws: `DataError` if a number cannot be written.
  fileprivate func json(_ path: String) throws(DataError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    do {
      return Array(try encoder.encode(self))
    } catch {
      throw DataError(path: path, reason: "cannot be fitted: \(error)")
    }
  }
}
