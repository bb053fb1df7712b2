import DataSchema
import Tables
import Testing

struct ColumnTypeTests {
  private func summary(
    _ values: [String], _ options: TableOptions = TableOptions()
  ) throws -> ColumnSummary {
    let rows = values.map { "\"\($0)\";0\n" }.joined()
    return try Sample.index("v;o\n" + rows, options).column("v")
  }

  @Test(
    arguments: [
      (["1", "2.5", "-3e2"], .number, "all values are numbers"),
      (["1", "-2", "NA"], .number, "all values are whole numbers"),
      (["1,5", "2", "12,25"], .number, "all values are numbers"),
      (["True", "False", ""], .boolean, "'False' or 'True'"),
      (["yes", "No", "NO"], .boolean, "'no' or 'yes'"),
      (["yes", "no", "maybe"], .category, "3 distinct strings"),
      (["red", "red", "blue"], .category, "2 distinct strings"),
      (
        ["01234", "00501", "99999"], .category,
        "3 distinct strings: codes, such as '01234' on line 2"
      ),
      (["1", "2", "x"], .category, "3 distinct strings: 'x' on line 4 is not a number"),
      (["1", "inf"], .category, "2 distinct strings: 'inf' on line 3 is not a number"),
      (["1", "1e39"], .category, "2 distinct strings: '1e39' on line 3 is not a number"),
      (["NA", "", "?"], .missing, "no value is present"),
      (["2024-01-31", "2023-12-01"], .date, "dates or times, such as '2024-01-31'"),
      (
        ["1,234,567", "2"], .text, "'1,234,567' on line 2 has separators between thousands"
      ),
      (
        ["1,234", "5,678"], .text,
        "'1,234' on line 2 has a decimal comma or a separator between thousands"
      ),
      (["1 234", "5"], .text, "'1 234' on line 2 has separators between thousands"),
    ] as [([String], ColumnType, String)])
  func isInferredWithAReason(values: [String], type: ColumnType, reason: String) throws {
    let found = try summary(values)
    #expect(found.type == type)
    #expect(found.reason == reason)
  }

  @Test func textsAreCategoriesOnlyIfTheyAreFew() throws {
    let identifiers = (0..<50).map { "P\($0)" }
    let found = try summary(identifiers)
    #expect(found.type == .text)
    #expect(found.reason == "50 distinct strings among 50 values")
    #expect(found.hint?.hasSuffix("name it in `categories`") == true)
    #expect(try summary(identifiers + identifiers).type == .category)
    let sentences = (0..<5).map { "number \($0) of the sentences that nobody takes for a category" }
    #expect(try summary(sentences).type == .text)
    #expect(
      try summary((0..<1001).flatMap { ["t\($0)", "t\($0)"] }).reason
        == "more than 1000 distinct strings")
    var options = TableOptions()
    options.types = ["v": .category]
    #expect(try summary(identifiers, options).categories?.count == 50)
  }

  @Test(arguments: [
    "2024-01-31", "2024-01-31 12:30", "2024-01-31T12:30:59Z", "2024-01-31T12:30:59.123+01:00",
    "2024/1/31",
    "31.01.2024", "31/01/2024", "1/31/24", "31-Jan-2024", "Jan 5, 2024", "5 January 2024", "12:30",
    "12:30:59", "1/31/2024 1:05 PM", "Mon, 5 Feb 2024",
  ])
  func datesAreRecognised(text: String) throws {
    let found = try summary([text, text])
    #expect(found.type == .date)
    #expect(found.hint?.contains("compute numbers from it") == true)
  }

  @Test(arguments: [
    "1.2.3", "2024-13-01", "2024-01-32", "99:99", "10/20/30/40", "may", "a-b-c", "1-2",
  ])
  func otherTextsAreNoDates(text: String) throws {
    #expect(try summary([text, text, text]).type == .category)
  }

  @Test func oneDecimalMarkIsMeantInAWholeTable() throws {
    let commas = try Sample.index("a;b\n1,5;1,234\n2,5;5,678\n")
    #expect(commas.options.decimal == .comma)
    #expect(commas.columns.map(\.type) == [.number, .number])
    #expect(try commas.column("b").range?.maximum == 5.678)
    #expect(
      Sample.reason("a;b\n1,5;1.234\n2,5;5.678\n")
        == "line 2, column 'a': '1,5' has a decimal comma, but '1.234' in column 'b' on line 2 a point; set "
        + "`decimal` to one of them, or declare a column as a category")
    let points = try Sample.index("a;b\n1,5;1.234\n2,5;5.678\n", TableOptions(decimal: .point))
    #expect(points.columns.map(\.type) == [.text, .number])
    let given = try Sample.index("a;b\n1,234;1\n", TableOptions(decimal: .comma))
    #expect(try given.column("a").range?.mean == 1.234)
  }

  @Test func declaredTypesAreChecked() throws {
    let text = "zip,flag,n\n1,1,5\n2,0,x\n"
    #expect(
      Sample.reason(text, TableOptions(types: ["n": .number]))
        == "line 3, column 'n': 'x' is not a number")
    #expect(
      Sample.reason(text, TableOptions(types: ["zap": .number]))
        == "has no column 'zap'; did you mean 'zip'?")
    #expect(
      Sample.reason(text, TableOptions(types: ["n": .boolean]))
        == "column 'n' is declared as boolean and holds values other than two words such as no "
        + "and yes"
    )
    #expect(
      Sample.reason(text, TableOptions(types: ["n": .date]))
        == "column 'n' cannot be declared as date")
    let options = TableOptions(types: ["zip": .category, "flag": .boolean, "n": .text])
    let table = try Sample.table(text, options, columns: ["zip", "flag", "n"])
    #expect(try table.categories("zip").names == ["1", "2"])
    #expect(try table.categories("flag").codes == [1, 0])
    #expect(try table.categories("flag").names == ["0", "1"])
  }

  @Test func theSummaryCounts() throws {
    let text = "n,c\n1,b\nNA,a\n4,b\n4,\n"
    let index = try Sample.index(text)
    let number = try index.column("n")
    #expect(number.count == 3 && number.missing == 1 && number.distinct == 2)
    #expect(number.firstMissingLine == 3)
    #expect(number.range?.minimum == 1 && number.range?.mean == 3 && number.range?.maximum == 4)
    let category = try index.column("c")
    #expect(category.mostFrequent?.map(\.value) == ["b", "a"])
    #expect(category.mostFrequent?.map(\.count) == [2, 1])
    #expect(category.categories == ["a", "b"])
    #expect(index.memory(of: ["n", "c"]) == 32)
    #expect(try Sample.index("n\n5\n5.0\n").column("n").isConstant)
    #expect(try Sample.index("n\n5\n\"\"\n").column("n").isConstant == false)
    #expect(
      try Sample.index("n\n1700000001\n5\n").column("n").hint
        == "kept with 24 bits: values beyond 16777216 are rounded")
  }

  @Test func fewWholeNumbersMayBeCodes() throws {
    let codes = try summary((0..<20).map { "\($0 % 3 + 1)" })
    #expect(codes.type == .number)
    #expect(
      codes.hint == "only 3 values: if they are codes, name it in `categories`")
    #expect(try summary((0..<20).map { "\($0 % 2)" }).hint == nil)
    #expect(try summary((0..<20).map { "\($0)" }).hint == nil)
    #expect(try summary((0..<20).map { "\($0 % 3).5" }).hint == nil)
  }

  @Test func missingTextsCanBeAdded() throws {
    let text = "n\n1\n-999\n"
    let options = TableOptions(missing: .standard(adding: ["-999"]))
    #expect(try Sample.index(text).column("n").missing == 0)
    #expect(try Sample.index(text, options).column("n").missing == 1)
    #expect(
      try Sample.index("n\n?\nNA\n", TableOptions(missing: MissingValues([]))).column("n").missing
        == 0)
  }
}
