import Diagnostics
import Testing
import YAMLSyntax

@Suite struct LocationTests {
  private func place(_ node: YAMLNode?) -> String? {
    node.map {
      "\($0.range.start.line):\($0.range.start.column)-\($0.range.end.line):\($0.range.end.column)"
    }
  }

  @Test func everyNodeKnowsItsPlace() throws {
    let (parsed, _) = MarkedText("a: 12\nb:\n  - x\n  - {k: 'v'}\nc: |\n  text\n").parse()
    let node = try #require(parsed)
    #expect(place(node["a"]) == "1:4-1:6")
    #expect(place(node["b"]) == "3:3-4:13")
    #expect(place(node["b"]?.sequence?.first) == "3:5-3:6")
    #expect(place(node["b"]?.sequence?[1]) == "4:5-4:13")
    #expect(place(node["b"]?.sequence?[1]["k"]) == "4:9-4:12")
    #expect(
      node.mapping?.map { "\($0.keyRange.start.line):\($0.keyRange.start.column)" } == [
        "1:1", "2:1", "5:1",
      ])
  }

  @Test func columnsCountScalars() throws {
    let (parsed, _) = MarkedText("{\"学🚀e\u{301}\": 1, b: 2}").parse()
    #expect(place(try #require(parsed)["b"]) == "1:16-1:17")
  }

  @Test func aPartOfAFileKeepsItsColumns() throws {
    let file = SourceFile(name: "command line", text: "lr=[1, x]", kind: .commandLine)
    let node = YAMLParser.parse(
      file, text: "[1, x]", at: Position(line: 1, column: 4), into: DiagnosticCollector())
    #expect(place(try #require(node).sequence?[1]) == "1:8-1:9")
  }

  @Test func anAliasedScalarStandsWhereItIsUsed() throws {
    let (parsed, _) = MarkedText("a: &x 1\nb: *x\nc: &y [1]\nd: *y\n").parse()
    let node = try #require(parsed)
    #expect(place(node["b"]) == "2:4-2:6")
    #expect(place(node["d"]) == "3:4-3:10")
  }

  @Test(arguments: ["\r\n", "\r", "\n", "\u{85}", "\u{2028}"])
  func lineBreaksAgreeWithTheFile(lineBreak: String) throws {
    let text = ["a: 1", "b: 2"].joined(separator: lineBreak)
    let file = SourceFile(name: "x", text: text)
    let node = try #require(YAMLParser.parse(file, into: DiagnosticCollector()))
    let range = try #require(node["b"]).range
    #expect(range.start == Position(line: 2, column: 4))
    #expect(file.line(2) == "b: 2")
  }

  @Test func scalarsStayText() throws {
    let (parsed, _) = MarkedText(
      "[no, 010, 1e-3, 'x', \"\", ~, , !!str 5]".replacing(", ,", with: ",")
    )
    .parse()
    let scalars = try #require(parsed?.sequence).compactMap(\.scalar)
    #expect(scalars.map(\.text) == ["no", "010", "1e-3", "x", "", "~", "5"])
    #expect(scalars.map(\.style) == [.plain, .plain, .plain, .quoted, .quoted, .plain, .quoted])
  }
}
