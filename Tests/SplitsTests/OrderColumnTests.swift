import DataSchema
import Splits
import Testing

struct OrderColumnTests {
  private func times(_ values: [String]) throws(DataError) -> [Double] {
    try OrderColumn.times(values, path: "sales.csv") { "line \($0 + 2)" }
  }

  private func error(_ values: [String]) -> DataError? {
    do throws(DataError) {
      _ = try times(values)
      return nil
    } catch { return error }
  }

  @Test func numbersAreTheirOwnTimes() throws {
    #expect(try times(["3", "-1.5", "1e3", "2024"]) == [3, -1.5, 1000, 2024])
  }

  /// Values by `date -u -d … +%s`.
  @Test func datesAreSecondsSince1970() throws {
    let known: [(String, Double)] = [
      ("1970-01-01", 0), ("1969-12-31", -86_400), ("2024-02-29", 1_709_164_800),
      ("2000-03-01", 951_868_800), ("0001-01-01", -62_135_596_800),
      ("2024-03-31 17:05", 1_711_904_700), ("2024-03-31T17:05:09.25", 1_711_904_709.25),
    ]
    #expect(try times(known.map(\.0)) == known.map(\.1))
    #expect(
      try times([
        "2024-03-31T17:05:09Z", "2024-03-31T19:05:09+02:00", "2024-03-31 11:35:09-0530",
      ]) == [Double](repeating: 1_711_904_709, count: 3))
    #expect(try times(["1970-01-01", "1969-12-31 23:00", "1969-12-31"]) == [0, -3600, -86_400])
  }

  @Test(
    arguments: [
      "", " 2024-01-01", "3/4/2024", "2023-02-29", "2024-13-01", "2024-00-10", "2024-01-32",
      "2024-1-1", "2024-01-01T24:00", "2024-01-01 10", "2024-01-01 10:60", "2024-01-01 10:00:61",
      "2024-01-01 10:00:00.", "2024-01-01T10:00+25:00", "2024-01-01T10:00Zx", "2024-01-01x", "nan",
      "inf", "٢٠٢٤-٠١-٠١", "yesterday",
    ])
  func anythingElseIsAnErrorWithItsPlace(_ value: String) {
    let found = error(["2024-01-01", value])
    #expect(found?.path == "sales.csv")
    #expect(
      found?.reason.hasPrefix("line 3 \(value.isEmpty ? "is empty" : "holds '\(value)'")") == true)
  }

  @Test func mixturesCannotBeOrdered() {
    #expect(
      error(["2024-01-01", "5"])?.reason
        == "line 3 holds '5', a number, but line 2 holds a date: the two cannot be ordered")
    #expect(error(["5", "2024-01-01"]) != nil)
    #expect(error(["2024-01-01T00:00", "2024-01-01T00:00Z"]) != nil)
    #expect(error(["2024-01-01", "2024-01-01T00:00", "2024-01-01T00:00Z"]) != nil)
    #expect(error(["2024-01-01T00:00Z", "2024-01-01"]) != nil)
  }
}
