import Diagnostics
import Testing

@Suite struct DiagnosticCollectorTests {
  private let file = SourceFile(name: "a.yaml", text: "one\ntwo\nthree\n")

  private func at(_ line: Int, _ column: Int) -> SourceRange {
    let start = Position(line: line, column: column)
    return SourceRange(file: file, start: start, end: start)
  }

  @Test func sortsByFileAndPlace() {
    let collector = DiagnosticCollector()
    let other = SourceFile(name: "b.yaml", text: "x")
    let start = Position(line: 1, column: 1)
    collector.error("third", at: at(2, 2))
    collector.error("fourth", at: SourceRange(file: other, start: start, end: start))
    collector.error("second", at: at(2, 1))
    collector.error("first", at: at(1, 3))
    #expect(collector.sorted.map(\.message) == ["first", "second", "third", "fourth"])
  }

  @Test func saysNothingTwice() {
    let collector = DiagnosticCollector()
    collector.error("same", at: at(1, 1))
    collector.error("same", at: at(1, 1))
    collector.error("same", at: at(1, 2))
    #expect(collector.errorCount == 2)
  }

  @Test func warningsAreNoErrors() {
    let collector = DiagnosticCollector()
    collector.warning("careful", at: nil)
    #expect(!collector.hasErrors)
  }

  @Test func countsWhatNobodyWouldRead() {
    let collector = DiagnosticCollector()
    for column in 1...250 { collector.error("wrong", at: at(1, column)) }
    #expect(collector.all.count == DiagnosticCollector.limit)
    #expect(collector.errorCount == 250)
    #expect(collector.sorted.last?.message == "150 further errors are not shown")
  }

  @Test func explainsFromTheInsideOut() {
    let collector = DiagnosticCollector()
    collector.explaining(.note("outer", at: at(1, 1))) {
      collector.explaining(.note("inner", at: at(2, 1))) {
        collector.error("far", at: at(3, 1))
        collector.error("near", at: at(2, 2))
      }
    }
    collector.error("outside", at: at(3, 2))
    #expect(collector.all.map { $0.notes.map(\.message) } == [["inner", "outer"], ["outer"], []])
  }
}
