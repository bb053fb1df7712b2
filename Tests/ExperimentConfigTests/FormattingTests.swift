import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Testing

/// Order and spacing of experiment files: nothing is lost, nothing changes its meaning.
@Suite struct FormattingTests {
  private func format(_ text: String) throws -> ExperimentFormat.Outcome {
    try ExperimentFormat.format(SourceFile(name: "test.yaml", text: text))
  }

  /// The formatted text, which is formatted already.
  private func formatted(_ text: String) throws -> String {
    guard case .changed(let result, _) = try format(text) else { return text }
    #expect(try format(result) == .unchanged, "\(result)")
    return result
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let before: String
    let after: String

    init(_ name: String, _ before: String, _ after: String) {
      (testDescription, self.before, self.after) = (name, before, after)
    }
  }

  static let cases: [Case] = [
    Case(
      "sections in order, with the comments above and in them",
      """
      # What this file is.
      train:
        epochs: 3
        # more of train
      # about the model
      model:
      - linear # as many as classes

      # about the data,
      # in two lines
      data: {dataset: digits}
      seed: 1
      """,
      """
      # What this file is.
      seed: 1

      # about the data,
      # in two lines
      data: {dataset: digits}

      # about the model
      model:
      - linear  # as many as classes

      train:
        epochs: 3
        # more of train

      """),
    Case(
      "the file's comment stays apart from that of its first key",
      "# file\n\n# model\nmodel: [flatten]\ndata: {dataset: digits}\n",
      "# file\n\ndata: {dataset: digits}\n\n# model\nmodel: [flatten]\n"),
    Case(
      "a comment below a section, and one at the end",
      "model: [a]\n# commented out: b\n\ndata: x\n# of data\n\n# end\n\n\n",
      "data: x\n# of data\n\nmodel: [a]\n# commented out: b\n\n# end\n"),
    Case(
      "indented comments that are not those of the section above",
      "model: [a]\n# attached\n\n  # apart\ndata: x\n\n  # inside data\nseed: 1\n",
      "seed: 1\n\n# apart\ndata: x\n\n  # inside data\n\nmodel: [a]\n# attached\n"),
    Case(
      "one blank line at most, none at the start and the end, no space at ends of lines",
      "\n\nseed: 1  \n\n\n\nname: a\t\ndata:\n  dataset: x\n\n\n  batch_size: 3\n\n\n",
      "name: a\nseed: 1\n\ndata:\n  dataset: x\n\n  batch_size: 3\n"),
    Case(
      "literal text keeps its blank lines and trailing spaces",
      "train: {epochs: 1}\ndescription: |\n  one  \n\n\n  # no comment\n\n\nseed: 2 # two\n",
      "description: |\n  one  \n\n\n  # no comment\n\nseed: 2  # two\n\ntrain: {epochs: 1}\n"),
    Case(
      "kept line breaks get no blank line more",
      "train: {epochs: 1}\nname: a\ndescription: |+\n  text\n\ndata: x\n",
      "name: a\ndescription: |+\n  text\n\ndata: x\n\ntrain: {epochs: 1}\n"),
    Case(
      "comments below kept line breaks",
      "seed: 1\ndescription: |+\n  text\n\n# col0\n\n# end\n",
      "description: |+\n  text\n\n# col0\n\nseed: 1\n\n# end\n"),
    Case(
      "quoted and plain texts of several lines",
      "seed: 1\ndescription: \"one   \n\n\n  # two\" # c\nname: a\n  b\n",
      "name: a\n  b\ndescription: \"one   \n\n\n  # two\"  # c\nseed: 1\n"),
    Case(
      "a number sign inside texts is no comment",
      "data: {dataset: 'a # b', x: \"c # d\", y: e#f} # real\nseed: 3\n",
      "seed: 3\n\ndata: {dataset: 'a # b', x: \"c # d\", y: e#f}  # real\n"),
    Case(
      "Windows' line breaks stay", "seed: 1 \r\nname: a # b\r\n",
      "name: a  # b\r\nseed: 1\r\n"),
    Case(
      "a document start and directives stay on top",
      "%YAML 1.1\n# c\n---\nseed: 1\nname: a\n", "%YAML 1.1\n# c\n---\nname: a\nseed: 1\n"),
    Case(
      "keys that no experiment has stay behind their neighbour",
      "x-own: 1\ntrain: {epochs: 1}\nmodle: [flatten]\ndata: x\n",
      "x-own: 1\n\ndata: x\n\ntrain: {epochs: 1}\nmodle: [flatten]\n"),
    Case(
      "lists and mappings over many lines, quoted keys, empty values",
      "\"model\":\n  [flatten,\n   # inside\n   linear: 3]\ntrain:\n'data': {\n  dataset: digits,\n\n\n }\n",
      "'data': {\n  dataset: digits,\n\n }\n\n\"model\":\n  [flatten,\n   # inside\n   linear: 3]\n\ntrain:\n"
    ),
    Case(
      "wide characters before a comment", "name: \"größe 😀\" # ü\ndata: x\n",
      "name: \"größe 😀\"  # ü\n\ndata: x\n"),
    Case(
      "the editor's header line stays first",
      "# yaml-language-server: $schema=runner.schema.json\nmodel: [a]\nextends: b.yaml\n",
      "# yaml-language-server: $schema=runner.schema.json\nextends: b.yaml\n\nmodel: [a]\n"),
  ]

  @Test(arguments: cases) func formats(_ example: Case) throws {
    #expect(try formatted(example.before) == example.after)
  }

  @Test func everySectionHasAPlace() throws {
    for field in ExperimentSchema.root.fields {
      #expect(try format("\(field.name): x\n") == .unchanged, "\(field.name)")
    }
  }

  @Test func aliasesKeepTheOrder() throws {
    let text = "train: {epochs: &n 3}\nseed: *n # again\n"
    guard case .changed(let result, let reason) = try format(text) else {
      Issue.record("unchanged")
      return
    }
    #expect(result == "train: {epochs: &n 3}\n\nseed: *n  # again\n")
    #expect(reason == "an anchor has to come before its aliases")
    #expect(try format(result) == .unchanged)
    // An alias of a mapping, whose value is far away.
    let far = "data: &d\n  dataset: x\n\ntrain: *d\n"
    #expect(try format(far) == .unchanged)
    #expect(try formatted("seed: 1\nname: &a x\ntask: *a\n") == "name: &a x\nseed: 1\ntask: *a\n")
  }

  @Test(arguments: [
    ("{seed: 1, name: a}\n", "its sections are not on lines of their own"),
    ("- seed\n", "it is a list, not a mapping"),
    ("version: 3\nservices: {}\n", "none of its keys belongs to an experiment"),
    ("seed: 1\rname: a\n", "it has line breaks other than LF and CR LF"),
    ("seed: 1\u{2028}name: a\n", "it has line breaks other than LF and CR LF"),
    ("  seed: 1\n  name: a\n", "its sections do not start at the left margin"),
    ("? seed\n: 1\nname: a\n", "its sections do not start at the left margin"),
    ("name: a\nseed: 1\n...\n", "it has lines between its sections that are no comments"),
    ("--- !!map\n&a seed: 1\nname: a\n", ""),
    ("data: x\ndescription: |+\n  no line break at the end", "its white space is part of a value"),
  ])
  func refuses(_ text: String, _ reason: String) throws {
    if reason.isEmpty {
      _ = try formatted(text)
    } else {
      #expect(try format(text) == .refused(reason))
    }
  }

  @Test(arguments: ["seed: [1\n", "seed: 1\nseed: 2\n", "", "a: *b\n"])
  func whatIsNoYAMLIsAnError(_ text: String) {
    #expect(throws: InputError.self) { _ = try format(text) }
  }

  private static let files =
    ["", "/transfer"].flatMap { Checkout.experiments(in: Checkout.root + "/experiments" + $0) }

  @Test(arguments: files) func shippedExperimentsAreFormatted(_ path: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(try format(text) == .unchanged, "\(path)")
  }

  /// Every section order of every file leads to the same text, as long as comments say where they belong.
  @Test(arguments: files) func anyOrderLeadsBack(_ path: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let first = try #require(lines.firstIndex { !$0.hasPrefix("#") })
    var sections: [[String]] = []
    for line in lines[first...] where !line.isEmpty {
      if line.first != " " { sections.append([]) }
      sections[sections.count - 1].append(line)
    }
    for shift in 1..<max(2, sections.count) {
      let turned = Array(
        sections[(shift % sections.count)...] + sections[..<(shift % sections.count)])
      let other = Array(turned.reversed())
      for order in [turned, other] {
        let mixed = (lines[..<first] + order.flatMap(\.self)).joined(separator: "\n")
        #expect(try formatted(mixed) == text, "\(mixed)")
      }
    }
  }

  /// Valid files of the tests, and the broken ones that are YAML.
  @Test(arguments: Checkout.experiments(in: Checkout.good) + Checkout.experiments(in: Checkout.bad))
  func formattingTwiceIsFormattingOnce(_ path: String) throws {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return }
    do {
      _ = try formatted(text)
    } catch is InputError {}
  }
}
