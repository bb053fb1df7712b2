import DataSchema
import FoundationEssentials
import Tables

enum Sample {
  static func input(_ text: String) -> TextInput { TextInput(Array(text.utf8), name: "t.csv") }

  static func index(
    _ text: String, _ options: TableOptions = TableOptions()
  ) throws(DataError) -> TableIndex {
    try TableIndex(reading: input(text), options)
  }

  static func table(
    _ text: String, _ options: TableOptions = TableOptions(), columns: [String]? = nil
  ) throws(DataError) -> Table {
    try Table(reading: input(text), index(text, options), columns: columns)
  }

  /// All rows of a text.
  static func rows(
    _ text: String, _ format: DelimitedFormat = DelimitedFormat()
  ) throws(DataError) -> [[String]] {
    let reader = try DelimitedReader(input(text), format: format)
    var rows: [[String]] = []
    while try reader.next() { rows.append(reader.names.indices.map { reader.text($0) }) }
    return rows
  }

  /// What is wrong with a text; `nil` if all of it can be read.
  static func reason(_ text: String, _ options: TableOptions = TableOptions()) -> String? {
    reason { () throws(DataError) in _ = try table(text, options) }
  }

  static func reason(_ body: () throws(DataError) -> Void) -> String? {
    do throws(DataError) {
      try body()
      return nil
    } catch {
      return error.reason
    }
  }
}

/// What pandas and scikit-learn say; `Tests/Fixtures/tables/make.py` wrote it.
struct TableGoldens: Decodable {
  struct File: Decodable {
    let text: String
    let delimiter: String
    let names: [String]
    let rows: [[String?]]
  }

  struct Number: Decodable {
    let text: String
    let double: Double
    let bits: UInt32
  }

  struct Encoding: Decodable {
    let numbers: String
    let categories: String
    let standardize: Bool
    let rows: [Int]
    let shown: [Int]
    let names: [String]
    let fill: [Double]
    let mean: [Double]
    let deviation: [Double]
    let unseen: [String: [String]]
    let encoded: [[Double]]
  }

  let files: [File]
  let numbers: [Number]
  let excerpt: [Encoding]
  let penguins: [Encoding]

  static let folder =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    .joined(separator: "/") + "/Fixtures/tables"

  static func load() throws -> TableGoldens {
    let data = try Data(contentsOf: URL(filePath: folder + "/tables.json"))
    return try JSONDecoder().decode(TableGoldens.self, from: data)
  }
}
