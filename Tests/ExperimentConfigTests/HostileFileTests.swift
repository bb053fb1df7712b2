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
    #expect(duration < .seconds(1))
  }

  @Test func aMegabyteOfBrackets() throws {
    let (outcome, duration) = try outcome(Array(repeating: UInt8(ascii: "["), count: 999_999))
    #expect(outcome.errors.count == 1)
    #expect(duration < .seconds(1))
  }

  @Test func aMegabyteOfOneKey() throws {
    let (outcome, duration) = try outcome(Array(repeating: UInt8(ascii: "a"), count: 999_999))
    #expect(outcome.errors.count == 1)
    #expect(duration < .seconds(1))
  }

  @Test func thousandsOfUnknownKeys() throws {
    let text = (0..<40_000).map { "key\($0): 1\n" }.joined()
    let (outcome, duration) = try outcome(Array(text.utf8))
    #expect(outcome.diagnostics.count == DiagnosticCollector.limit + 1)
    #expect(duration < .seconds(4))
  }

  @Test func nodesWithArrowsEverywhere() throws {
    let names = (0..<300).map { "n\($0)" }
    let all = "[" + names.joined(separator: ", ") + "]"
    var text = "data: {dataset: digits}\nmodel:\n"
    for name in names { text += "  - {add: , name: \(name), from: \(all)}\n" }
    let (outcome, duration) = try outcome(Array(text.utf8))
    #expect(!outcome.errors.isEmpty)
    #expect(duration < .seconds(4))
  }
}
