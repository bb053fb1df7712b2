import Classification
import Report
import Tasks
import Testing

@Suite struct ResolvedTextTests {
  private func line(_ text: String) -> ResolvedText.Line? { ResolvedText(text).lines.first }

  @Test func kinds() {
    #expect(line("a: 1  # default")?.kind == .default)
    #expect(line("a: 1  # net.yaml:3:4")?.kind == .file)
    #expect(line("a: 1  # auto: one")?.kind == .decided)
    #expect(line("a: 1  # command line: a=1")?.kind == .overridden)
    #expect(line("a:")?.kind == .file)
  }

  @Test func hashesInQuotationMarksAreNoComments() {
    let found = line("name: \"a # b \\\" # c\"   # command line: name=x # y")
    #expect(found?.text == "name: \"a # b \\\" # c\"")
    #expect(found?.origin == "command line: name=x # y")
    #expect(line("a: b#c")?.text == "a: b#c")
  }

  @Test func overridesOnceEach() {
    let text = ResolvedText(
      "# heading\na: 1 # command line: m={a: 1}\nb: 2 # command line: m={a: 1}\nc: 3 # default\n")
    #expect(text.overrides == ["m={a: 1}"])
    #expect(text.lines.count == 3)
  }

  @Test func confusionMatricesAreReadBack() {
    var matrix = ConfusionMatrix(classes: 2)
    matrix.add(label: 0, prediction: 1)
    matrix.add(label: 1, prediction: 1)
    let names = ["a,\"b\"", "c\nd"]
    let read = ConfusionMatrixText(matrix.csv(names: names))
    #expect(read?.names == names)
    #expect(read?.matrix == matrix)
    for text in ["", "x", "x,a\na,1,2\n", "x,a,b\na,1,2\n", "x,a\na,-1\n", "x,a\na,b\n"] {
      #expect(ConfusionMatrixText(text) == nil, "\(text)")
    }
  }
}
