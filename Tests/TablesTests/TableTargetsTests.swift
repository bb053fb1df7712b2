import DataSchema
import Tables
import Testing

struct TableTargetsTests {
  private func targets(
    _ text: String, _ definition: TableTargets.Definition, skipMissing: Bool = false
  ) throws(DataError) -> TableTargets {
    try TableTargets(definition, of: Sample.table(text), skipMissing: skipMissing)
  }

  @Test(
    arguments: [
      ("c\nb\na\nb\n", ["a", "b"], [1, 0, 1]),
      ("c\n10\n9\n2\n", ["2", "9", "10"], [2, 1, 0]),
      ("c\n01\n2\n10\n", ["01", "2", "10"], [0, 1, 2]),
      ("c\nyes\nno\nyes\n", ["no", "yes"], [1, 0, 1]),
      ("c\nß\nZ\na\n", ["Z", "a", "ß"], [2, 0, 1]),
    ] as [(String, [String], [Float])])
  func classesAreSorted(text: String, names: [String], values: [Float]) throws {
    let found = try targets(text, .category("c"))
    #expect(found.field == DataField("c", .category(names)))
    #expect(found.targets == Targets(values))
    #expect(found.rows == [0, 1, 2])
  }

  @Test func numbersHaveTheirQuantities() throws {
    let quantities = [Quantity("w", unit: "kg"), Quantity("h")]
    let found = try targets("h,w\n1,2\n3,4.5\n", .numbers(quantities))
    #expect(found.field.kind == .numbers(quantities))
    #expect(found.targets == Targets([2, 1, 4.5, 3], width: 2))
  }

  @Test func labelsAreColumnsOrLists() throws {
    let columns = try targets("red,round\n1,no\n0,yes\n", .labelColumns(["red", "round"]))
    #expect(columns.field.kind == .labelSet(["red", "round"]))
    #expect(columns.targets == Targets([1, 0, 0, 1], width: 2))

    let text = "t,o\nred; round,1\nround,2\n,3\nred;,4\n"
    let list = TableTargets.Definition.labelList("t", separator: ";", missingIsNone: true)
    let found = try targets(text, list)
    #expect(found.field == DataField("t", .labelSet(["red", "round"])))
    #expect(found.targets == Targets([1, 1, 0, 1, 0, 0, 1, 0], width: 2))
    let strict = TableTargets.Definition.labelList("t", separator: ";", missingIsNone: false)
    #expect(try targets(text, strict, skipMissing: true).rows == [0, 1, 3])
  }

  @Test func missingTargetsAreErrorsOrSkipped() throws {
    let text = "c,n\na,1\n,2\nb,\n"
    #expect(
      throws: DataError(
        path: "t.csv",
        reason: "line 3, column 'c': the target is missing; skip such rows with `on_error: skip`")
    ) { try targets(text, .category("c")) }
    let found = try targets(text, .category("c"), skipMissing: true)
    #expect(found.rows == [0, 2])
    #expect(found.targets == Targets([0, 1]))
    #expect(found.skipped == [TableTargets.Skipped(row: 1, line: 3, column: "c")])
    let numbers = try targets(
      "n,m\n1,2\n,1\n1,\n", .numbers([Quantity("n"), Quantity("m")]), skipMissing: true)
    #expect(numbers.skipped.map(\.column) == ["n", "m"])
    #expect(numbers.field.name == "targets")
  }

  @Test(
    arguments: [
      (.category("x"), "has no column 'x'; its columns are 'n', 'c', 'm'"),
      (.category("n"), "line 2, column 'n': 1.5 is not a class; expected text or whole numbers"),
      (.numbers([Quantity("c")]), "column 'c' is of type category, expected numbers"),
      (.labelColumns(["m"]), "line 3, column 'm': expected 0 or 1 for a label, found 2.0"),
      (
        .labelColumns(["c"]),
        "column 'c' is of type category, expected 0 or 1, or words for no and yes"
      ),
    ] as [(TableTargets.Definition, String)])
  func whatIsNoTargetIsExplained(definition: TableTargets.Definition, reason: String) {
    let text = "n,c,m\n1.5,a,1\n2,b,2\n"
    #expect(
      Sample.reason { () throws(DataError) in _ = try targets(text, definition) } == reason)
  }

  @Test func freeTextIsNoClass() throws {
    let text = "t,o\n" + (0..<30).map { "T\($0),1\n" }.joined()
    #expect(
      Sample.reason { () throws(DataError) in
        _ = try TableTargets(.category("t"), of: Sample.table(text, columns: ["t"]))
      } == "column 't' holds free text; name it in `categories` if its values are classes")
  }
}
