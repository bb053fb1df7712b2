import Diagnostics
import Testing
import YAMLSyntax

@Suite struct LimitTests {
  private func findings(_ text: String, limits: YAMLLimits = YAMLLimits()) -> [String] {
    MarkedText(text).parse(limits: limits).findings.map(\.message)
  }

  @Test func depthIsCounted() {
    let deepest = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(findings(deepest).isEmpty)
    #expect(findings("[" + deepest + "]") == ["nested deeper than 64 levels"])
    let block = (0..<80).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n")
    #expect(findings(block) == ["nested deeper than 64 levels"])
  }

  @Test func aliasesAddTheirDepth() {
    let thirty = { (inner: String) in
      String(repeating: "[", count: 30) + inner + String(repeating: "]", count: 30)
    }
    let text = "a: &a \(thirty("1"))\nb: &b \(thirty("*a"))\nc: \(thirty("*b"))\n"
    #expect(findings(text) == ["nested deeper than 64 levels once aliases are expanded"])
  }

  @Test func aBillionLaughsAreCutShort() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(items)]\n"
    }
    let start = ContinuousClock.now
    #expect(findings(text) == ["more than 100000 values once aliases are expanded"])
    #expect(ContinuousClock.now - start < .seconds(60))
  }

  @Test func nodesAreCounted() {
    var limits = YAMLLimits()
    limits.nodes = 5
    #expect(findings("[1, 2, 3, 4]", limits: limits).isEmpty)
    #expect(findings("[1, 2, 3, 4, 5]", limits: limits).count == 1)
  }

  @Test func bytesThatAreNoTextArePointedAt() throws {
    for (bytes, column) in [
      ([0x61, 0xFF], 2), ([0xC3, 0xA9, 0xC3], 2), ([0x61, 0xED, 0xA0, 0x80], 2), ([0xC0, 0x80], 1),
    ] as [([UInt8], Int)] {
      let error = #expect(throws: InputError.self) {
        try SourceFile.decode([0x61, 0x0A] + bytes, name: "x")
      }
      #expect(error?.diagnostics.first?.range?.start == Position(line: 2, column: column))
    }
  }

  @Test func aByteOrderMarkIsNoText() throws {
    #expect(try SourceFile.decode([0xEF, 0xBB, 0xBF, 0x61], name: "x").text == "a")
  }

  @Test func missingFilesAndFoldersAreNamed() {
    #expect(throws: InputError.self) { try SourceFile.read("/nowhere/at/all.yaml") }
    #expect(throws: InputError.self) { try SourceFile.read("/") }
  }

  @Test func anEndlessFileIsNotReadToItsEnd() {
    let error = #expect(throws: InputError.self) { try SourceFile.read("/dev/zero") }
    #expect(error?.diagnostics.first?.message == "'/dev/zero' is not a regular file")
  }
}
