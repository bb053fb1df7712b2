/// How the values of a table are to be understood.
package struct TableOptions: Hashable, Sendable, Codable {
  /// The character before the decimals of numbers.
  package enum DecimalMark: String, Hashable, Sendable, Codable {
    case point
    case comma

    var byte: UInt8 { self == .point ? UInt8(ascii: ".") : UInt8(ascii: ",") }
  }

  package var format: DelimitedFormat
  /// `nil`: whichever explains all numbers.
  package var decimal: DecimalMark?
  package var missing: MissingValues
  /// Declared types by the names of columns: those of ``ColumnType/declarable``; other columns' types are
  /// inferred.
  package var types: [String: ColumnType]
  /// The most distinct values of a column that is inferred to be a category.
  package var mostCategories: Int

  package init(
    format: DelimitedFormat = DelimitedFormat(), decimal: DecimalMark? = nil,
    missing: MissingValues = .standard, types: [String: ColumnType] = [:],
    mostCategories: Int = 1000
  ) {
    self.format = format
    self.decimal = decimal
    self.missing = missing
    self.types = types
    self.mostCategories = mostCategories
  }
}
