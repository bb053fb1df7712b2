import DataSchema
import Glibc
import Tables
import TestSupport
import Testing

/// Files that would take memory for what they only promise.
@Suite(.serialized) struct HostileTableTests {
  private func peakMemory() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(0), &usage)
    return usage.ru_maxrss << 10
  }

  /// A gigabyte without a line break, packed into a megabyte.
  @Test func anEndlessLineStopsAtTheLimit() throws {
    let folder = try TemporaryFolder()
    let member = gzip([UInt8](repeating: UInt8(ascii: "x"), count: 1 << 24))
    for (name, start, reason) in [
      ("plain", "a,b\n1,2\n", "line 3 is longer than the 16777216 bytes allowed for a row"),
      (
        "quoted", "a,b\n1,2\n\"",
        "line 3 is longer than the 16777216 bytes allowed for a row; is a quote in it never closed?"
      ),
      ("header", "", "line 1 is longer than the 16777216 bytes allowed for a row"),
    ] {
      var bytes = gzip(Array(start.utf8))
      for _ in 0..<64 { bytes += member }
      let path = try folder.write(bytes, name)
      let before = peakMemory()
      let error = #expect(throws: DataError.self) { try TableIndex(reading: path) }
      #expect(error?.reason == reason)
      #expect(peakMemory() - before < 120 << 20)
    }
  }

  /// Ten gigabytes of zero bytes that take no room on the disk.
  @Test func aSparseFileStopsAtItsFirstByte() throws {
    let folder = try TemporaryFolder()
    for (start, place) in [("", "line 1, column 1"), ("a,b\n1,", "line 2, column 3")] {
      let path = try folder.write(Array(start.utf8), "sparse.csv")
      try #require(truncate(path, 10 << 30) == 0)
      let before = peakMemory()
      let error = #expect(throws: DataError.self) { try TableIndex(reading: path) }
      #expect(error?.reason.hasPrefix("\(place): contains a NUL byte") == true)
      #expect(peakMemory() - before < 16 << 20)
    }
  }

  @Test func columnsOfTheSameNameAreRefused() {
    let reason = Sample.reason("a,b,a\n1,2,3\n")
    #expect(reason?.contains("'a'") == true && reason?.contains("line 1") == true)
  }

  /// A million rows take the memory of their columns, and little more.
  @Test func manyRowsFitTheMemoryOfTheirColumns() throws {
    let folder = try TemporaryFolder()
    let row = "-1.25,red,17,yes,0.000125\n"
    let member = gzip(Array(String(repeating: row, count: 20_000).utf8))
    var bytes = gzip(Array("a,c,n,flag,b\n2,blue,1,no,1\n".utf8))
    for _ in 0..<50 { bytes += member }
    let path = try folder.write(bytes, "t.csv.gz")
    let before = peakMemory()
    let index = try TableIndex(reading: path)
    #expect(index.rowCount == 1_000_001)
    let table = try Table(reading: index)
    #expect(table.columns.count == 5)
    #expect(index.memory(of: table.columns.map(\.name)) == 5 * 4 * 1_000_001)
    #expect(peakMemory() - before < 20_000_020 + (40 << 20))
  }

  @Test func theLimitOfARowIsExact() throws {
    let format = DelimitedFormat(rowLimit: 8)
    #expect(try Sample.rows("a,b\n123,456\n", format) == [["123", "456"]])
    #expect(
      Sample.reason("a,b\n123,4567\n", TableOptions(format: format))
        == "line 2 is longer than the 8 bytes allowed for a row")
  }

  @Test func tooManyColumnsAreRefused() {
    let header = (0..<140_000).map { "c\($0)" }.joined(separator: ",")
    #expect(
      Sample.reason(header + "\n") == "line 1: has 140000 columns; at most 131072 can be read")
  }

  @Test func whatIsNoFileIsRefused() throws {
    let folder = try TemporaryFolder()
    #expect(throws: DataError(path: folder.path, reason: "expected a file, found a folder")) {
      try TableIndex(reading: folder.path)
    }
    #expect(throws: DataError(path: "/dev/zero", reason: "expected a regular file")) {
      try TableIndex(reading: "/dev/zero")
    }
  }

  @Test func aFileThatChangesIsNoticed() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array("a,b\n1,x\n2,y\n".utf8), "t.csv")
    let index = try TableIndex(reading: path)
    for (text, line) in [
      ("a,b\n1,x\n2,y\n3,x\n", 4), ("a,b\n1,x\n", 2), ("a,b\n1,z\n2,y\n", 2),
      ("a,b\nx,x\n2,y\n", 2),
      ("a,c\n1,x\n2,y\n", 1),
    ] {
      try folder.write(Array(text.utf8), "t.csv")
      #expect(
        throws: DataError(
          path: path,
          reason: "line \(line): the file has changed since its columns were examined")
      ) { try Table(reading: index) }
    }
  }
}
