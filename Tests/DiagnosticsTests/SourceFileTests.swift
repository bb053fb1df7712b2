import Diagnostics
import Testing

@Suite struct SourceFileTests {
  @Test(arguments: ["a\nb\nc", "a\r\nb\r\nc", "a\rb\rc", "a\u{85}b\u{2028}c", "a\u{2029}b\nc"])
  func knowsEveryLineBreakOfYAML(text: String) {
    let file = SourceFile(name: "x", text: text)
    #expect([1, 2, 3, 4].map { String(file.line($0)) } == ["a", "b", "c", ""])
  }

  @Test func aRangeNeverEndsBeforeItsStart() {
    let file = SourceFile(name: "x", text: "abc")
    let range = SourceRange(
      file: file, start: Position(line: 2, column: 3), end: Position(line: 1, column: 1))
    #expect(range.end == range.start)
    #expect("\(range)" == "x:2:3")
  }
}
