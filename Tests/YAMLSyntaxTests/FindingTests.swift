import Diagnostics
import Testing
import YAMLSyntax

/// What is not YAML, or more than it, with the place marked.
@Suite struct FindingTests {
  @Test(arguments: [
    ("a: 1\n①a: 2\n", "duplicate key 'a'"),
    ("a:\n  b: 1\n  c: 2\n  ①b: 3\n", "duplicate key 'b'"),
    ("{a: 1, ①a: 2}", "duplicate key 'a'"),
    ("'a': 1\n①\"a\": 2\n", "duplicate key 'a'"),
    ("a: ①*b\n", "undefined alias '*b'"),
    ("a: &x\n  b: ①*x\n", "alias '*x' is used inside its own anchor"),
    ("a: ①!foo 1\n", "unknown tag '!foo'"),
    ("a: ①!!python/name:x 1\n", "unknown tag '!!python/name:x'"),
    ("a: 1\n①---\nb: 1\n", "a second document starts here"),
    ("①", "the file is empty"),
    ("①# only a comment\n", "the file is empty"),
    ("①[a]: 1\n", "a key must be a word, not a list"),
    ("? ①{a: 1}\n: 1\n", "a key must be a word, not a mapping"),
    ("学: 1\n é: ①\u{1}\n", "not YAML: the control character U+0001 is not allowed"),
    ("a: ①\"open\n", "not YAML: found unexpected end of stream, while scanning a quoted scalar"),
    (
      "a: ①%\n",
      "not YAML: found character that cannot start any token, while scanning for the next token"
    ),
    ("a: b①: c\n", "not YAML: mapping values are not allowed in this context"),
    ("a: [1, ①*none]\n", "undefined alias '*none'"),
  ])
  func isFoundWhereItIs(marked: String, message: String) {
    let text = MarkedText(marked)
    let (_, findings) = text.parse()
    #expect(findings.map(\.message) == [message])
    #expect(findings.compactMap(\.range?.start) == text.places)
  }

  @Test func goesOnAfterADuplicateKey() {
    let text = MarkedText("a: 1\n①a: 2\nb: ②!t 1\n③b: 2\n")
    let (node, findings) = text.parse()
    #expect(node != nil)
    #expect(findings.compactMap(\.range?.start) == text.places)
  }

  @Test func anUnclosedBracketSaysWhereItOpened() {
    let text = MarkedText("a: ①[1, 2\nb②: 3\n")
    let (_, findings) = text.parse()
    #expect(findings.first?.range?.start == text.places[1])
    #expect(findings.first?.notes.first?.range?.start == text.places[0])
  }
}
