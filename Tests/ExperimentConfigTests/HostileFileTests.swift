import Diagnostics
import FoundationEssentials
import Testing

/// Files too large to be committed.
@Suite struct HostileFileTests {
  private func outcome(_ bytes: [UInt8]) throws -> (Outcome, Duration) {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "runner-\(UInt64.random(in: 0 ... .max)).yaml")
    try Data(bytes).write(to: path)
    defer { try? FileManager.default.removeItem(at: path) }
    let start = ContinuousClock.now
    let outcome = Outcome.of(path.path)
    return (outcome, ContinuousClock.now - start)
  }

  @Test func moreThanAMegabyte() throws {
    let (outcome, duration) = try outcome(Array(repeating: UInt8(ascii: "#"), count: 1_000_001))
    #expect(outcome.errors.count == 1)
    #expect(outcome.errors.first?.hasSuffix("is larger than 1 MB") == true)
    #expect(duration < Patience.hostile)
  }

  @Test func aMegabyteOfBrackets() throws {
    let (outcome, duration) = try outcome(Array(repeating: UInt8(ascii: "["), count: 999_999))
    #expect(outcome.errors.count == 1)
    #expect(duration < Patience.hostile)
  }

  @Test func aMegabyteOfOneKey() throws {
    let (outcome, duration) = try outcome(Array(repeating: UInt8(ascii: "a"), count: 999_999))
    #expect(outcome.errors.count == 1)
    #expect(duration < Patience.hostile)
  }

  @Test func thousandsOfUnknownKeys() throws {
    let text = (0..<40_000).map { "key\($0): 1\n" }.joined()
    let (outcome, duration) = try outcome(Array(text.utf8))
    #expect(outcome.diagnostics.count == DiagnosticCollector.limit + 1)
    #expect(duration < Patience.hostile)
  }

  @Test func nodesWithArrowsEverywhere() throws {
    let names = (0..<300).map { "n\($0)" }
    let all = "[" + names.joined(separator: ", ") + "]"
    var text = "data: {dataset: digits}\nmodel:\n"
    for name in names { text += "  - {add: , name: \(name), from: \(all)}\n" }
    let (outcome, duration) = try outcome(Array(text.utf8))
    #expect(!outcome.errors.isEmpty)
    #expect(duration < Patience.hostile)
  }

  @Test func manyReferencesToALongText() throws {
    var text = "data: {dataset: digits}\nmodel: [flatten, linear: 10]\n"
    text += "description: \(String(repeating: "x", count: 9_000))\nmetrics:\n"
    text += String(repeating: "  - a${description}\n", count: 40_000)
    let (outcome, duration) = try outcome(Array(text.utf8))
    #expect(!outcome.errors.isEmpty)
    #expect(duration < Patience.hostile)
  }

  @Test func aLargeBlockUsedOften() throws {
    let numbers = Array(repeating: "1", count: 8_000).joined(separator: ", ")
    let uses = Array(repeating: "b", count: 4_000).joined(separator: ", ")
    let text = """
      data: {dataset: digits}
      blocks: {b: {layers: [{reshape: [\(numbers)]}]}}
      model: [\(uses)]
      """
    let (outcome, duration) = try outcome(Array(text.utf8))
    #expect(!outcome.errors.isEmpty)
    #expect(duration < Patience.hostile)
  }

  @Test func nestedParametersOfNestedBlocks() throws {
    let open = String(repeating: "[", count: 50)
    let close = String(repeating: "]", count: 50)
    var text =
      "data: {dataset: digits}\nblocks:\n  b0: {parameters: {p: }, layers: [{reshape: \"${p}\"}]}\n"
    for level in 1..<31 {
      text +=
        "  b\(level): {parameters: {p: }, layers: [{b\(level - 1): {p: \(open)\"${p}\"\(close)}}]}\n"
    }
    let (outcome, duration) = try outcome(Array((text + "model: [{b30: {p: 1}}]\n").utf8))
    #expect(!outcome.errors.isEmpty)
    #expect(duration < Patience.hostile)
  }

  @Test func aChainOfThousandsOfBlocks() throws {
    var text = "data: {dataset: digits}\nblocks:\n  b0: {layers: [relu]}\n"
    for level in 1..<9_000 { text += "  b\(level): {layers: [b\(level - 1)]}\n" }
    let (outcome, duration) = try outcome(Array((text + "model: [b8999]\n").utf8))
    #expect(!outcome.errors.isEmpty)
    #expect(duration < Patience.hostile)
  }
}
