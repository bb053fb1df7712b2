import DataSchema
import Foundation
import Tables
import Testing

/// Against scikit-learn's imputers, scaler and one-hot encoder.
struct TableEncoderTests {
  private static let features = [
    "bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "year", "island", "sex",
  ]

  private func options(_ golden: TableGoldens.Encoding) -> EncodingOptions {
    let numbers: EncodingOptions.NumberImputation =
      golden.numbers == "mean" ? .mean : golden.numbers == "median" ? .median : .mostFrequent
    return EncodingOptions(
      numbers: numbers, categories: golden.categories == "mode" ? .mostFrequent : .ownCategory,
      standardize: golden.standardize)
  }

  private func check(_ golden: TableGoldens.Encoding, _ index: TableIndex, _ table: Table) throws {
    let encoder = try TableEncoder(index, features: Self.features, options(golden))
    #expect(encoder.names == golden.names)
    #expect(encoder.width == golden.names.count)
    let fitted = try encoder.fit(table, rows: golden.rows)
    #expect(fitted.names == golden.names)
    for (column, place) in zip(fitted.columns.prefix(5), 0...) {
      #expect(isNear(column.fill, golden.fill[place]))
      #expect(!golden.standardize || isNear(column.scale?.mean, golden.mean[place]))
      #expect(!golden.standardize || isNear(column.scale?.deviation, golden.deviation[place]))
    }
    for column in fitted.columns.dropFirst(5) {
      #expect(column.unseen == golden.unseen[column.name])
    }
    let encoded = try fitted.bound(to: table).encode(golden.shown)
    let expected = golden.encoded.flatMap { $0 }
    #expect(encoded.count == expected.count)
    for (value, wanted) in zip(encoded, expected) {
      #expect(abs(Double(value) - wanted) <= 1e-6 * max(1, abs(wanted)))
    }
  }

  private func isNear(_ value: Double?, _ golden: Double) -> Bool {
    value.map { abs($0 - golden) <= 1e-12 * abs(golden) } ?? false
  }

  @Test func anExcerptOfPenguinsIsEncodedAsByScikitLearn() throws {
    let index = try TableIndex(reading: TableGoldens.folder + "/penguins.csv")
    let table = try Table(reading: index)
    let goldens = try TableGoldens.load().excerpt
    #expect(goldens.count == 4)
    for golden in goldens { try check(golden, index, table) }
  }

  static let penguins = ProcessInfo.processInfo.environment["RUNNER_DATA"].map {
    $0 + "/penguins.csv"
  }
  .flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }

  @Test(.enabled(if: penguins != nil, "RUNNER_DATA holds no penguins.csv"))
  func allPenguinsAreEncodedAsByScikitLearn() throws {
    let index = try TableIndex(reading: try #require(Self.penguins))
    #expect(index.rowCount == 344)
    #expect(
      index.columns.map(\.type)
        == [.category, .category, .number, .number, .number, .number, .category, .number])
    #expect(try index.column("sex").missing == 11)
    let table = try Table(reading: index)
    for golden in try TableGoldens.load().penguins { try check(golden, index, table) }
  }

  static let text = "n,c,flag\n1,a,yes\n2,b,no\nNA,a,yes\n6,NA,no\n9,z,NA\n"

  private func fitted(
    _ options: EncodingOptions, rows: [Int] = [0, 1, 2, 3]
  ) throws -> (FittedEncoder, Table) {
    let index = try Sample.index(Self.text)
    let table = try Sample.table(Self.text)
    let encoder = try TableEncoder(index, features: ["c", "flag", "n"], options)
    return (try encoder.fit(table, rows: rows), table)
  }

  @Test func categoriesThatWereNotFittedAreZerosAndCounted() throws {
    var options = EncodingOptions(
      numbers: .constant(0), categories: .ownCategory, standardize: false)
    options.numbersByColumn["n"] = .median
    let (encoder, table) = try fitted(options)
    #expect(encoder.names == ["c=a", "c=b", "c=missing", "c=z", "flag", "n"])
    #expect(encoder.columns[0].unseen == ["z"])
    let bound = try encoder.bound(to: table)
    #expect(bound.unknown == [UnknownCategory(column: "c", value: "z", count: 1)])
    #expect(
      try bound.encode([4, 3, 2]) == [
        0, 0, 0, 0, 0, 9,
        0, 0, 1, 0, 0, 6,
        1, 0, 0, 0, 1, 2,
      ])
  }

  @Test func missingValuesAreErrorsUnlessReplaced() throws {
    let index = try Sample.index(Self.text)
    for (name, reason) in [
      (
        "n",
        "column 'n' has 1 missing value, the first on line 4; set what replaces them (mean, "
          + "median, mode, "
          + "constant) or leave the column out"
      ),
      (
        "c",
        "column 'c' has 1 missing value, the first on line 5; set what replaces them (mode, "
          + "own_category) "
          + "or leave the column out"
      ),
    ] {
      #expect(
        Sample.reason { () throws(DataError) in _ = try TableEncoder(index, features: [name]) }
          == reason)
    }
    var options = EncodingOptions()
    options.numbersByColumn["flag"] = .mean
    #expect(
      Sample.reason { () throws(DataError) in
        _ = try TableEncoder(index, features: ["n"], options)
      } == "column 'flag' has encoding options, but is not a feature")
    #expect(
      throws: DataError(
        path: "t.csv",
        reason:
          "column 'n' has no values in the training examples, so nothing can replace missing ones; "
          + "leave it out")
    ) { try fitted(EncodingOptions(numbers: .mean, categories: .mostFrequent), rows: [2]) }
  }

  @Test func constantColumnsAreDividedByOne() throws {
    let text = "n,m\n0.1,5\n0.1,5\n0.1,7\n"
    let encoder = try TableEncoder(Sample.index(text), features: ["n", "m"])
    let table = try Sample.table(text)
    let fitted = try encoder.fit(table, rows: [0, 1])
    #expect(fitted.columns.map { $0.scale?.deviation } == [1, 1])
    #expect(try fitted.bound(to: table).encode([0, 2]) == [0, 0, 0, 2])
  }

  @Test func aFittedEncoderSurvivesJSON() throws {
    let (encoder, table) = try fitted(EncodingOptions(numbers: .mean, categories: .mostFrequent))
    let writer = JSONEncoder()
    writer.outputFormatting = .sortedKeys
    let data = try writer.encode(encoder)
    let again = try JSONDecoder().decode(FittedEncoder.self, from: data)
    #expect(again == encoder)
    #expect(try writer.encode(again) == data)
    #expect(try again.bound(to: table).encode(0..<5) == encoder.bound(to: table).encode(0..<5))
  }

  @Test func anotherTableIsEncodedByTheNamesOfItsColumns() throws {
    let (encoder, table) = try fitted(EncodingOptions(numbers: .mean, categories: .mostFrequent))
    let known = try encoder.bound(to: table).encode([1])
    // Another order, delimiter and spelling, and a column that nobody knows.
    let options = encoder.options(like: try Sample.index(Self.text).options)
    let other = try Sample.table("extra;flag;n;c\n1;NO;2.0;b\n2;Yes;NA;new\n3;no;;new\n", options)
    let bound = try encoder.bound(to: other)
    #expect(try bound.encode([0]) == known)
    #expect(bound.unknown == [UnknownCategory(column: "c", value: "new", count: 2)])
    #expect(try bound.encode([1]).prefix(3) == [0, 0, 0])

    #expect(
      Sample.reason("flag,n\nno,1\n", options) == "has no column 'c'; its columns are 'flag', 'n'")
    #expect(
      Sample.reason("flag,n,c\nno,x,a\n", options) == "line 2, column 'n': 'x' is not a number")
    #expect(
      Sample.reason { () throws(DataError) in
        _ = try encoder.bound(to: try Sample.table("flag,n,c\nno,x,a\nyes,x,a\n"))
      } == "column 'n' is of type category, expected number as in the training data")
  }

  @Test func aMissingValueAtPredictionHasALine() throws {
    let text = "n,c\n1,a\n2,b\n"
    let encoder = try TableEncoder(Sample.index(text), features: ["n", "c"])
    let fitted = try encoder.fit(try Sample.table(text), rows: [0, 1])
    let options = fitted.options(like: TableOptions())
    for (other, column) in [("n,c\n1,a\n,b\n", "n"), ("n,c\n1,a\n1,NA\n", "c")] {
      let bound = try fitted.bound(to: Sample.table(other, options))
      #expect(
        throws: DataError(path: "t.csv", reason: "line 3, column '\(column)': the value is missing")
      ) { try bound.encode([0, 1]) }
    }
  }
}
