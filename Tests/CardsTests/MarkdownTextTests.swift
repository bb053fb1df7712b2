import Cards
import Testing

@Suite struct MarkdownTextTests {
  @Test(arguments: [
    ("plain words, 5%", "plain words, 5%"),
    ("a|b", "a\\|b"), ("f1_macro *x*", "f1\\_macro \\*x\\*"), ("<img src=x>", "\\<img src=x\\>"),
    ("[a](b)", "\\[a\\](b)"), ("one\ntwo", "one two"), ("`x`", "\\`x\\`"),
    ("\u{1B}[31m", "\u{FFFD}\\[31m"),
  ])
  func charactersOfMarkdownAreEscaped(text: String, expected: String) {
    #expect(MarkdownText.escaped(text) == expected)
  }

  @Test(arguments: [("a", "`a`"), ("a`b", "``a`b``"), ("`a", "`` `a ``"), ("a|b", "`a\\|b`")])
  func codeHasDelimitersThatItDoesNotContain(text: String, expected: String) {
    #expect(MarkdownText.code(text) == expected)
  }

  @Test func tablesHaveARule() {
    #expect(
      MarkdownText.table(["a", "b"], [["x", "1"]]) == "| a | b |\n| --- | ---: |\n| x | 1 |\n")
    #expect(MarkdownText.table(["a"], []) == "")
  }

  @Test func sentencesBeginAndEnd() {
    #expect(MarkdownText.sentence("no value") == "No value.")
    #expect(MarkdownText.sentence("It ends.") == "It ends.")
  }
}
