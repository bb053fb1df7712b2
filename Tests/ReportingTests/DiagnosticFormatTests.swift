import Diagnostics
import ExperimentConfig
import Planning
import Reporting
import Testing

/// Diagnostics for editors, services and scripts.
@Suite struct DiagnosticFormatTests {
  private let diagnostics: [Diagnostic] = {
    let file = SourceFile(name: "a:b.yaml", text: "model:\n  - liner: 5\n")
    func range(_ line: Int, _ from: Int, _ to: Int) -> SourceRange {
      SourceRange(
        file: file, start: Position(line: line, column: from), end: Position(line: line, column: to)
      )
    }
    return [
      Diagnostic(
        .error, "unknown layer 'liner', 100% sure", at: range(2, 5, 10),
        hint: "did you mean 'linear'?", notes: [.note("in this\nmodel", at: range(1, 1, 6))]),
      Diagnostic(.warning, "nothing is shuffled", at: nil),
    ]
  }()

  @Test func gcc() throws {
    #expect(
      try DiagnosticFormat.gcc.render(diagnostics, file: "net.yaml") == """
        a:b.yaml:2:5: error: unknown layer 'liner', 100% sure [did you mean 'linear'?]
        a:b.yaml:1:1: note: in this model
        net.yaml: warning: nothing is shuffled

        """)
  }

  @Test func github() throws {
    #expect(
      try DiagnosticFormat.github.render(diagnostics, file: "net.yaml") == """
        ::error file=a%3Ab.yaml,line=2,endLine=2,col=5,endColumn=10::unknown layer 'liner', 100%25 sure%0A\
        did you mean 'linear'?%0Ain this%0Amodel (a:b.yaml:1)
        ::warning file=net.yaml::nothing is shuffled

        """)
  }

  @Test func json() throws {
    let text = try DiagnosticFormat.json.render(diagnostics, file: "net.yaml")
    guard case .array(let found) = try JSONText.decode(JSONValue.self, from: Array(text.utf8)),
      case .object(let error) = found.first, case .object(let warning) = found.last
    else {
      Issue.record("no objects")
      return
    }
    #expect(found.count == 2)
    #expect(error["line"] == 2 && error["end_column"] == 10 && error["severity"] == "error")
    #expect(warning["file"] == "net.yaml" && warning["line"] == .null)
    #expect(try DiagnosticFormat.json.render([], file: "net.yaml") == "[]\n")
    #expect(try DiagnosticFormat.gcc.render([], file: "net.yaml") == "")
  }
}

@Suite struct ComponentSearchTests {
  /// Every word has to begin a word of the documentation, in any case.
  @Test func search() throws {
    let found = try ComponentText.search("Nesterov")
    #expect(found.contains("optimizer\n  sgd  "))
    #expect(found.contains("\n      nesterov:  "))
    #expect(!found.contains("\n  linear  "))
    #expect(try ComponentText.search("batch normalis").contains("\n  batch_norm2d  "))
    #expect(found.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test(arguments: ["", "—", "nesterov unicorn"]) func nothing(_ words: String) throws {
    #expect(throws: InputError.self) { try ComponentText.search(words) }
  }
}
