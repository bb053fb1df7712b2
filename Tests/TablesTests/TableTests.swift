import DataSchema
import FoundationEssentials
import Tables
import Testing

struct TableTests {
  @Test func numbersAreRoundedOnce() throws {
    let goldens = try TableGoldens.load().numbers
    let text = "n,o\n" + goldens.map { $0.text + ",0\n" }.joined()
    let table = try Sample.table(text)
    let values = try table.numbers("n")
    for (golden, value) in zip(goldens, values) {
      #expect(value.bitPattern == golden.bits, "\(golden.text)")
    }
    // In 64 bits, as the summary has them.
    for golden in goldens {
      let range = try Sample.index("n\n\(golden.text)\n").column("n").range
      #expect(range?.maximum == golden.double, "\(golden.text)")
    }
    let commas = goldens.map {
      $0.text.split(separator: ".", omittingEmptySubsequences: false).joined(separator: ",")
    }
    let other = try Sample.table(
      "n;o\n" + commas.map { $0 + ";0\n" }.joined(), TableOptions(decimal: .comma))
    #expect(try other.numbers("n").map(\.bitPattern) == goldens.map(\.bits))
  }

  @Test func columnsAreKeptCompactly() throws {
    let text =
      "c,n,flag,t,d\nb,1,yes,x y,2024-01-01\na,,no,,2024-01-02\n,2,,z,2024-01-03\nb,3,yes,z,2024-01-04\n"
    var options = TableOptions()
    options.types = ["t": .text]
    let table = try Sample.table(text, options)
    #expect(table.columns.map(\.name) == ["c", "n", "flag"])
    #expect(try table.categories("c").names == ["a", "b"])
    #expect(try table.categories("c").codes == [1, 0, -1, 1])
    #expect(try table.categories("flag").codes == [1, 0, -1, 1])
    let numbers = try table.numbers("n")
    #expect(numbers[0] == 1 && numbers[1].isNaN && numbers[3] == 3)
    let column = try table.column("n")
    #expect(column.isMissing(1) && !column.isMissing(2))

    let values = try Sample.table(text, options, columns: ["t"]).texts("t")
    #expect((0..<4).map { values[$0] } == ["x y", nil, "z", "z"])
    let refusal = Sample.reason { () throws(DataError) in
      _ = try Sample.table(text, options, columns: ["d"])
    }
    #expect(refusal?.hasPrefix("column 'd' cannot be used (date): dates or times") == true)
    let unknown = Sample.reason { () throws(DataError) in
      _ = try Sample.table(text, options, columns: ["flagg"])
    }
    #expect(unknown == "has no column 'flagg'; did you mean 'flag'?")
  }

  @Test func valuesAreAskedForByWhatTheyAre() throws {
    let table = try Sample.table("w,c,g\n1,a,p\n0,b,\n2.5,a,p\n")
    #expect(try table.weights("w") == [1, 0, 2.5])
    #expect(try table.groups("c") == [0, 1, 0])
    func reason(_ body: (Table) throws(DataError) -> Void) -> String? {
      Sample.reason { () throws(DataError) in try body(table) }
    }
    #expect(
      reason { (table) throws(DataError) in _ = try table.numbers("c") }
        == "column 'c' is of type category, expected numbers")
    #expect(
      reason { (table) throws(DataError) in _ = try table.texts("c") }
        == "column 'c' is of type category, expected texts")
    #expect(
      reason { (table) throws(DataError) in _ = try table.groups("w") }
        == "column 'w' is of type number, expected categories")
    #expect(
      reason { (table) throws(DataError) in _ = try table.groups("g") }
        == "line 3, column 'g': the group is missing")
    for (text, line, what) in [("w,o\n1,1\n-1,1\n", 3, "-1.0"), ("w,o\n,1\n1,1\n", 2, "nan")] {
      let other = try Sample.table(text)
      #expect(
        throws: DataError(
          path: "t.csv",
          reason: "line \(line), column 'w': expected a weight of 0 or more, found \(what)")
      ) { try other.weights("w") }
    }
    #expect(
      reason { (_) throws(DataError) in _ = try Sample.table("w,o\n0,1\n0,2\n").weights("w") }
        == "column 'w': all weights are 0")
  }

  @Test func namesAreSortedByTheirBytes() throws {
    let table = try Sample.table("c\nß\nZ\na\né\n10\n9\nß\na\né\nZ\n10\n9\n")
    #expect(try table.categories("c").names == ["10", "9", "Z", "a", "ß", "é"])
  }

  @Test func everyRowKnowsItsLine() throws {
    let table = try Sample.table("a,b\n\n1,x\n2,\"x\ny\"\n\n\n3,z\r4,z\n")
    #expect((0..<4).map { table.line(ofRow: $0) } == [3, 4, 8, 9])
    #expect(
      table.error("is wrong", row: 2, column: "a").description
        == "t.csv: line 8, column 'a': is wrong")
  }

  @Test func theFingerprintIsThatOfTheValues() throws {
    let first = try Sample.table("a,b\n1,x\n2,y\n").fingerprint()
    #expect(try Sample.table("a;b\r\n1.0;\"x\"\n\n2;y").fingerprint() == first)
    for other in [
      "a,b\n1,x\n2,x\n", "a,b\n1,x\n3,y\n", "a,c\n1,x\n2,y\n", "a,b\n1,x\n2,z\n", "a,b\n1,x\n,y\n",
    ] {
      #expect(try Sample.table(other).fingerprint() != first)
    }
  }

  @Test func theIndexSurvivesJSON() throws {
    let index = try Sample.index("a;b;c\n1,5;x;yes\n;y;no\n", TableOptions(types: ["b": .category]))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let data = try encoder.encode(index)
    let again = try JSONDecoder().decode(TableIndex.self, from: data)
    #expect(again == index)
    #expect(try encoder.encode(again) == data)
  }
}
