import DataSchema
import Tables
import TestSupport

extension FuzzedReaders {
  private static let tableWords = words(
    ",", ";", "\t", "|", "\"", "\"\"", "\n", "\r", "\r\n", "\0", "NA", "1e400", "-1", "0x1p3",
    "1,234", "\u{FEFF}", "🐧", " ", "1e", "nan", "9223372036854775808", "0000000000000000000000001",
    "2024-02-30", "\u{1B}[31m")

  private static let tableSeeds = words(
    "a,b,c\n1,x,2024-01-31\n2.5,y,2024-02-01\nNA,x,\n", "a;b\r\n1,5;\"x;\"\"y\"\"\"\r\n2,5;z\r\n",
    "n\tflag\n1\tyes\n2\tno\n\t\n", "\u{FEFF}größe|t\n1|東京\n2|\"a\nb\"\n",
    "a,b\r\"1\",\"2\"\r3,4\r", "id,text\n01,the first\n02,the second\n1e3,-0\n")

  static let delimited = FuzzedReader("csv", words: tableWords) {
    tableSeeds
  } read: { _, path in
    try readTable(path)
  }

  static let compressedDelimited = FuzzedReader("csv.gz", words: tableWords, repair: compressed) {
    tableSeeds + tableSeeds.map(gzip)
  } read: { _, path in
    try readTable(path)
  }

  /// Reads the types, the values, the vectors and the targets of a table; the targets may be refused.
  private static func readTable(_ path: String) throws {
    let index = try TableIndex(reading: path)
    let readable = index.columns.filter { $0.type != .date && $0.type != .missing }.map(\.name)
    let table = try Table(reading: TextInput(path: path), index, columns: readable)
    try FuzzViolation.require(table.rowCount == index.rowCount, "two counts of rows")
    for column in index.columns {
      try FuzzViolation.require(
        column.count + column.missing == index.rowCount, "values of '\(column.name)' are lost")
    }
    for column in table.columns {
      let missing = (0..<table.rowCount).count { column.isMissing($0) }
      try FuzzViolation.require(
        try index.column(column.name).missing == missing, "two counts of missing values")
    }
    let last = table.line(ofRow: table.rowCount - 1)
    try FuzzViolation.require(
      last > table.line(ofRow: 0) || table.rowCount == 1, "rows without lines")
    let features = index.columns.filter { $0.type.isEncodable }.map(\.name)
    if features.isEmpty { return }
    let encoder = try TableEncoder(
      index, features: features, EncodingOptions(numbers: .constant(0), categories: .ownCategory))
    let values = try encoder.fit(table, rows: 0..<table.rowCount).bound(to: table)
      .encode(0..<table.rowCount)
    try FuzzViolation.require(
      values.count == table.rowCount * encoder.width && values.allSatisfy(\.isFinite),
      "vectors of the wrong size, or not finite")
    _ = Result { () throws(DataError) in
      try TableTargets(.category(features[0]), of: table, skipMissing: true)
    }
  }
}
