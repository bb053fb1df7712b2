import CZlib
import DataSchema
import Tables
import TestSupport
import Testing

struct DelimitedReaderTests {
  @Test func readsWhatPandasReads() throws {
    for file in try TableGoldens.load().files {
      let reader = try DelimitedReader(Sample.input(file.text))
      if file.names.count > 1 { #expect(reader.delimiter == Delimiter(file.delimiter)) }
      #expect(reader.names == file.names)
      let rows = try Sample.rows(file.text)
      // A missing value is a text here.
      let found = rows.map { $0.map { MissingValues.standardTexts.contains($0) ? nil : $0 } }
      #expect(found == file.rows, "\(file.text)")
    }
  }

  @Test(arguments: [
    ("", "is empty"),
    ("\n\n  \n", "is empty: expected a line with the names of the columns"),
    ("\u{FEFF}", "is empty: expected a line with the names of the columns"),
    ("a,b\n", "has no rows below its column names"),
    ("a,b\n1,2\n3\n", "line 3 has 1 field, but the header has 2 fields"),
    (
      "a,b\n1,2\n\n\"x\ny\",4\n5,6,7\n",
      "line 6 has 3 fields, but the header has 2 fields; a field that contains a comma must be "
        + "quoted"
    ),
    ("a;b\n1;2\n3;4;\n", "line 3 has 3 fields, but the header has 2 fields"),
    ("a,b\n1,2\nx,\"y\nz,1\n", "line 3, column 3: the quote that opens here is never closed"),
    ("a,b\n1,\"\n", "line 2, column 3: the quote that opens here is never closed"),
    ("a,b\nß,\"", "line 2, column 3: the quote that opens here is never closed"),
    (
      "a,b\n\"x\ny\"z,1\n",
      "line 3, column 3: expected a comma or the end of the line after the closing quote; a quote within "
        + "a quoted field must be doubled"
    ),
    ("a,b\n1,\0\n", "line 2, column 3: contains a NUL byte: the file is damaged or not text"),
    (
      "a,b\n\"1\n\0\",2\n", "line 3, column 1: contains a NUL byte: the file is damaged or not text"
    ),
    ("a,,c\n1,2,3\n", "line 1: column 2 has no name"),
    (
      ",a\n0,1\n",
      "line 1: column 1 has no name; pandas writes its index this way, `to_csv(index=False)` "
        + "leaves it out"
    ),
    ("a,b,\n0,1,\n", "line 1: column 3 has no name; does the line end with an extra comma?"),
    ("a,b,a\n1,2,3\n", "line 1: column 3 has the same name as column 1, 'a'"),
    (
      "5.1,3.5,setosa\n4.9,3.0,setosa\n",
      "line 1 looks like data ('5.1'), expected the names of the columns; name them in the experiment "
        + "(`columns: [...]`) if the file has none"
    ),
  ])
  func saysWhatIsWrongAndWhere(text: String, reason: String) {
    #expect(Sample.reason(text) == reason)
  }

  @Test(
    arguments: [
      ([0xFF, 0xFE, 0x61, 0], "is UTF-16 text; convert it"),
      ([0xFE, 0xFF, 0, 0x61], "is UTF-16 text; convert it"),
      ([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], "is UTF-32 text; convert it"),
      (Array("PK\u{3}\u{4}".utf8), "is a ZIP archive or an Excel workbook"),
      (
        Array("a,b\n1,2\nß\"x,Jos".utf8) + [0xE9, 0x0A],
        "line 3, column 8: the byte 0xe9 is not UTF-8"
      ),
      (
        Array("a,b\n\"1\r\n2\",".utf8) + [0xC0, 0x80, 0x0A],
        "line 3, column 4: the byte 0xc0 is not"
      ),
      (Array("a,b\n1,".utf8) + [0xED, 0xA0, 0x80, 0x0A], "line 2, column 3: the byte 0xed is not"),
      (Array("a,b\n1,".utf8) + [0xF0, 0x9F, 0x90], "line 2, column 3: the byte 0xf0 is not UTF-8"),
    ] as [([UInt8], String)])
  func refusesOtherEncodings(bytes: [UInt8], reason: String) {
    let found = Sample.reason { () throws(DataError) in
      let reader = try DelimitedReader(TextInput(bytes, name: "t.csv"))
      while try reader.next() {}
    }
    #expect(found?.hasPrefix(reason) == true, "\(found ?? "no error")")
  }

  /// Rows of all kinds in every position relative to the pieces that are read at a time.
  @Test func piecesLeaveNoSeam() throws {
    var text = "id,text,end\r\n"
    var expected: [[String]] = []
    for row in 0..<120_000 {
      let value: String
      let written: String
      switch row % 4 {
      case 0: (value, written) = ("plain \(row)", "plain \(row)")
      case 1: (value, written) = ("a \"b\"\n,\(row)", "\"a \"\"b\"\"\n,\(row)\"")
      case 2: (value, written) = ("größe 🐧", "\"größe 🐧\"")
      default: (value, written) = ("", "")
      }
      expected.append(["\(row)", value, "x"])
      text += "\(row),\(written),x" + (row % 3 == 0 ? "\r" : row % 3 == 1 ? "\n" : "\r\n")
    }
    #expect(text.utf8.count > 2 << 20)
    for shift in [0, 1, 2, 3, 7] {
      let padded = String(repeating: "\n", count: shift) + text
      #expect(try Sample.rows(padded) == expected)
    }
  }

  @Test func aRowMayBeLongerThanAPiece() throws {
    let long = String(repeating: "ab\"\"\n", count: 600_000)
    let rows = try Sample.rows("a,b\n1,\"\(long)\"\n2,x\n")
    #expect(rows == [["1", long.replacingDoubledQuotes], ["2", "x"]])
  }

  @Test func readsGzip() throws {
    let folder = try TemporaryFolder()
    let text = "a,b\n" + String(repeating: "1,\"x\ny\"\n", count: 300_000)
    let path = try folder.write(gzip(Array(text.utf8)), "t.csv.gz")
    let reader = try DelimitedReader(path: path)
    var count = 0
    while try reader.next() {
      count += 1
      if reader.text(1) != "x\ny" { Issue.record("row \(count) is \(reader.text(1))") }
    }
    #expect(count == 300_000)
    #expect(reader.line == 2 * count)

    let cut = try folder.write(gzip(Array(text.utf8)).dropLast(9), "cut.csv.gz")
    let error = #expect(throws: DataError.self) { _ = try TableIndex(reading: cut) }
    #expect(error?.reason == "the gzip data is truncated: the file is incomplete")
  }

  @Test func columnsOfAFileWithoutHeaderAreNamed() throws {
    let text = "5.1,setosa\n4.9,virginica\n"
    let format = DelimitedFormat(names: ["length", "species"])
    let options = TableOptions(format: format)
    #expect(try Sample.rows(text, format) == [["5.1", "setosa"], ["4.9", "virginica"]])
    #expect(try Sample.index(text, options).rowCount == 2)
    #expect(
      Sample.reason(text, TableOptions(format: DelimitedFormat(names: ["a"])))
        == "line 1: has 2 fields, but 1 columns are named in the experiment")
    #expect(
      Sample.reason(text, TableOptions(format: DelimitedFormat(names: ["a", "a"])))
        == "column 2 has the same name as column 1, 'a'")
    // What pandas writes for an array: columns that are counted.
    #expect(try Sample.rows("0,1\n5,6\n") == [["5", "6"]])
  }

  @Test(arguments: [
    ("a,b\n1,2\n", "comma"), ("a;b\n1,5;2\n", "semicolon"), ("a\tb\n1,5\t2,5\n", "tab"),
    ("a|b\n1|2\n", "'|'"), ("a\n1\n", "comma"), ("\"x;y\",b\n1,2\n", "comma"),
    ("price, EUR;qty\n1,5;2\n", "semicolon"), ("a,b;c\n1,2\n3,4\n", "comma"),
    ("\"a\"\"b;\",c\n1,2\n", "comma"),
  ])
  func recognisesTheDelimiter(text: String, delimiter: String) throws {
    #expect(try DelimitedReader(Sample.input(text)).delimiter.description == delimiter)
  }

  @Test func anyDelimiterCanBeGiven() throws {
    let format = DelimitedFormat(delimiter: Delimiter("#"))
    #expect(try Sample.rows("a#b\n1,5# x \n", format) == [["1,5", "x"]])
    let spaces = DelimitedFormat(delimiter: Delimiter(" "))
    #expect(try Sample.rows("a b\n1 \"x y\"\n", spaces) == [["1", "x y"]])
    #expect(Delimiter("tab") == .tab && Delimiter("\\t") == .tab)
    for wrong in ["", ",,", "\"", "\n", "\0", "a", "5", ".", "-", "é"] {
      #expect(Delimiter(wrong) == nil)
    }
  }
}

extension String {
  fileprivate var replacingDoubledQuotes: String {
    split(separator: "\"\"", omittingEmptySubsequences: false).joined(separator: "\"")
  }
}

/// `bytes` as one gzip member.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  deflateInit2_(
    &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size))
  defer { deflateEnd(&stream) }
  var input = bytes
  var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 8 + 1024)
  let room = output.count
  input.withUnsafeMutableBufferPointer { source in
    output.withUnsafeMutableBufferPointer { target in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      stream.next_out = target.baseAddress
      stream.avail_out = UInt32(target.count)
      deflate(&stream, Z_FINISH)
    }
  }
  return Array(output.prefix(room - Int(stream.avail_out)))
}
