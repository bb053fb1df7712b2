import Diagnostics
import Testing

@Suite struct DiagnosticRendererTests {
  private func range(_ text: String, line: Int, _ columns: Range<Int>) -> SourceRange {
    SourceRange(
      file: SourceFile(name: "a.yaml", text: text),
      start: Position(line: line, column: columns.lowerBound),
      end: Position(line: line, column: columns.upperBound))
  }

  @Test func looksAsTheContractSays() {
    let text = String(repeating: "\n", count: 15) + "  - liner: 128\n"
    let file = SourceFile(name: "experiments/typo.yaml", text: text)
    let place = SourceRange(
      file: file, start: Position(line: 16, column: 5), end: Position(line: 16, column: 10))
    let diagnostic = Diagnostic(
      .error, "unknown layer 'liner'", at: place, hint: "did you mean 'linear'?")
    #expect(
      DiagnosticRenderer().render(diagnostic) == """
        experiments/typo.yaml:16:5: error: unknown layer 'liner'
        16 |   - liner: 128
           |     ^~~~~ did you mean 'linear'?

        """)
  }

  @Test func notesFollowTheirError() {
    let place = range("lr: 1\nlr: 2", line: 2, 1..<3)
    let first = range("lr: 1\nlr: 2", line: 1, 1..<3)
    let diagnostic = Diagnostic(
      .error, "duplicate key 'lr'", at: place, notes: [.note("first given here", at: first)])
    #expect(
      DiagnosticRenderer().render([diagnostic]) == """
        a.yaml:2:1: error: duplicate key 'lr'
        2 | lr: 2
          | ^~
        a.yaml:1:1: note: first given here
        1 | lr: 1
          | ^~

        """)
  }

  @Test func aFindingWithoutAPlaceHasNoExcerpt() {
    let diagnostic = Diagnostic(.warning, "no GPU", at: nil, hint: "the CPU is used")
    #expect(DiagnosticRenderer().render(diagnostic) == "warning: no GPU (the CPU is used)\n")
  }

  @Test(arguments: [
    ("abc: 1", 1..<4, "^~~"), ("学习: 1", 1..<3, "^~~~"), ("学习: x", 5..<6, "      ^"),
    ("e\u{301}a: x", 2..<3, " ^"), ("🚀🚀x", 3..<4, "    ^"), ("\tx", 2..<3, " ^"),
  ])
  func theCaretStandsBelowWhatItMeans(line: String, columns: Range<Int>, caret: String) {
    let text = DiagnosticRenderer().render(
      Diagnostic(.error, "m", at: range(line, line: 1, columns)))
    #expect(text.split(separator: "\n").last.map(String.init) == "  | " + caret)
  }

  @Test func aLongLineIsCutAroundTheCaret() {
    let line = String(repeating: "a", count: 500) + "X" + String(repeating: "b", count: 500)
    let text = DiagnosticRenderer(width: 60)
      .render(Diagnostic(.error, "m", at: range(line, line: 1, 501..<502)))
    let lines = text.split(separator: "\n").map(Array.init)
    #expect(lines[1].count == 4 + 62)
    #expect(lines[1].firstIndex(of: "X") == lines[2].firstIndex(of: "^"))
  }

  @Test func nothingSteersTheTerminal() {
    let hostile = "\u{1B}[2Jx\u{202E}\u{7}\r\u{9B}31m"
    let diagnostic = Diagnostic(
      .error, "unknown key '\(hostile)\nb.yaml:1:1: error: fake'",
      at: range(hostile, line: 1, 1..<4), hint: hostile)
    let text = DiagnosticRenderer().render(diagnostic)
    let controls = text.unicodeScalars.filter {
      [.control, .format].contains($0.properties.generalCategory) && $0 != "\n"
    }
    #expect(controls.isEmpty)
    #expect(text.split(separator: "\n").count == 3)
  }

  @Test func colourIsAskedFor() {
    let diagnostic = Diagnostic(.error, "m", at: range("abc", line: 1, 1..<3))
    #expect(DiagnosticRenderer(useColor: true).render(diagnostic).contains("\u{1B}[31;1merror"))
    #expect(!DiagnosticRenderer().render(diagnostic).contains("\u{1B}"))
  }

  @Test(arguments: [0, 1, 7, 1000])
  func placesBeyondTheTextDoNotTrap(column: Int) {
    for line in [0, 1, 2, 50] {
      let place = range("abc", line: line, column..<(column + 3))
      #expect(!DiagnosticRenderer().render(Diagnostic(.error, "m", at: place)).isEmpty)
    }
  }
}
