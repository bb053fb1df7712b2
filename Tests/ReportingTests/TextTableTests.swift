import Reporting
import Testing

struct TextTableTests {
  @Test func alignsColumns() {
    var table = TextTable([.left, .right, .left])
    table.add(["name", "size", "note"])
    table.add(["a", "1,000", "x"])
    table.add(["longer name", "7", ""])
    #expect(
      table.render() == """
          name          size  note
          a            1,000  x
          longer name      7

        """)
  }

  /// Chinese characters and most pictures take two columns, combining marks none.
  @Test func countsColumnsOfTheTerminal() {
    var table = TextTable([.left, .right])
    for name in ["中文", "abcd", "e\u{301}", "é", "🙂", "ｆ"] { table.add([name, "1"]) }
    #expect(
      table.render(indent: 0)
        == "中文  1\nabcd  1\ne\u{301}     1\né     1\n🙂    1\nｆ    1\n")
  }

  @Test func drawsRules() {
    var table = TextTable([.left, .right])
    table.addRule()
    table.add(["ab", "1"])
    table.addRule()
    table.add(["c", "22"])
    table.addRule()
    #expect(table.render(indent: 1) == " ──────\n ab   1\n ──────\n c   22\n ──────\n")
  }

  @Test func fillsMissingCells() {
    var table = TextTable([.left, .right, .right])
    table.add(["a"])
    table.add([])
    table.add(["b", "1", "2"])
    #expect(table.render() == "  a\n\n  b  1  2\n")
  }

  @Test func anEmptyTableIsNothing() {
    #expect(TextTable([.left]).render() == "")
    #expect(TextTable([]).render() == "")
  }
}
