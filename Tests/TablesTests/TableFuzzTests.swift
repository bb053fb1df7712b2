import DataSchema
import Foundation
import Tables
import Testing

/// Bytes changed at random, the same ones every time: whatever comes out is a table whose counts agree, or an
/// error with a place. `RUNNER_FUZZ` says how often.
struct TableFuzzTests {
  struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  static let seeds = [
    "a,b,c\n1,x,2024-01-31\n2.5,y,2024-02-01\nNA,x,\n", "a;b\r\n1,5;\"x;\"\"y\"\"\"\r\n2,5;z\r\n",
    "n\tflag\n1\tyes\n2\tno\n\t\n", "\u{FEFF}größe|t\n1|東京\n2|\"a\nb\"\n",
    "a,b\r\"1\",\"2\"\r3,4\r", "id,text\n01,the first\n02,the second\n1e3,-0\n",
  ]
  static let fragments = [
    ",", ";", "\t", "|", "\"", "\"\"", "\n", "\r", "\r\n", "\0", "NA", "1e400", "-1", "0x1p3",
    "1,234",
    "\u{FEFF}", "🐧", " ", "1e", "nan", "9223372036854775808", "0000000000000000000000001",
    "2024-02-30",
  ].map { Array($0.utf8) }

  static let count = ProcessInfo.processInfo.environment["RUNNER_FUZZ"].flatMap(Int.init) ?? 10_000

  private func mutate(_ bytes: inout [UInt8], using generator: inout Generator) {
    let place = Int.random(in: 0...bytes.count, using: &generator)
    switch Int.random(in: 0..<5, using: &generator) {
    case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &generator)
    case 1 where place < bytes.count:
      let end = min(bytes.count, place + Int.random(in: 1...8, using: &generator))
      bytes.removeSubrange(place..<end)
    case 2:
      let other = Self.seeds.randomElement(using: &generator) ?? ""
      bytes.insert(
        contentsOf: other.utf8.prefix(Int.random(in: 0...20, using: &generator)), at: place)
    default:
      bytes.insert(contentsOf: Self.fragments.randomElement(using: &generator) ?? [], at: place)
    }
  }

  @Test func anyBytesAreATableOrExplained() {
    var generator = Generator(state: 20_261_129)
    var tables = 0
    for _ in 0..<Self.count {
      var bytes = Array((Self.seeds.randomElement(using: &generator) ?? "").utf8)
      for _ in 0..<Int.random(in: 1...4, using: &generator) { mutate(&bytes, using: &generator) }
      do throws(DataError) {
        try check(bytes)
        tables += 1
      } catch {
        let isPlaced =
          error.reason.hasPrefix("line ") || error.reason.hasPrefix("column ")
          || error.reason.hasPrefix("is ") || error.reason.hasPrefix("has no ")
          || error.reason.hasPrefix("no column ")
        if error.path != "t.csv" || !isPlaced {
          Issue.record("\(error) for \(String(decoding: bytes, as: UTF8.self))")
        }
      }
    }
    #expect(tables > Self.count / 20)
  }

  /// Reads, encodes and takes targets; whatever throws says why.
  private func check(_ bytes: [UInt8]) throws(DataError) {
    let index = try TableIndex(reading: TextInput(bytes, name: "t.csv"))
    let readable = index.columns.filter { $0.type != .date && $0.type != .missing }.map(\.name)
    let table = try Table(reading: TextInput(bytes, name: "t.csv"), index, columns: readable)
    for column in index.columns {
      #expect(column.count + column.missing == index.rowCount)
    }
    for column in table.columns {
      let summary = try index.column(column.name)
      #expect((0..<table.rowCount).count { column.isMissing($0) } == summary.missing)
    }
    let last = table.line(ofRow: table.rowCount - 1)
    #expect(last > table.line(ofRow: 0) || table.rowCount == 1)
    let features = index.columns.filter { $0.type.isEncodable }.map(\.name)
    if features.isEmpty { return }
    let encoder = try TableEncoder(
      index, features: features, EncodingOptions(numbers: .constant(0), categories: .ownCategory))
    let fitted = try encoder.fit(table, rows: 0..<table.rowCount)
    let values = try fitted.bound(to: table).encode(0..<table.rowCount)
    #expect(values.count == table.rowCount * encoder.width)
    let isFinite = values.allSatisfy(\.isFinite)
    #expect(isFinite)
    _ = try TableTargets(.category(features[0]), of: table, skipMissing: true)
  }
}
