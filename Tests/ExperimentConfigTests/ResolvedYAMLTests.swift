import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Testing

/// `resolved.yaml` read again is the same experiment.
@Suite struct ResolvedYAMLTests {
  private func roundTrip(_ outcome: Outcome) throws {
    let loaded = try #require(outcome.loaded, "\(outcome.text)")
    let text = ResolvedYAML.render(loaded.resolved, source: loaded.source)
    let again = Outcome.of(text: text)
    let second = try #require(again.loaded, "\(again.text)\n\(text)")
    #expect(second.resolved.canonicalForm == loaded.resolved.canonicalForm, "\(text)")
    #expect(
      try JSONText.encode(second.resolved.canonicalForm)
        == JSONText.encode(loaded.resolved.canonicalForm))
    #expect(second.experiment.name == loaded.experiment.name)
  }

  @Test(arguments: Checkout.experiments(in: Checkout.good))
  func goodFixtures(path: String) throws {
    try roundTrip(Outcome.of(path))
    try roundTrip(Outcome.of(path, ["seed=5", "batch_size=17", "optimizer.sgd.lr=0.5"]))
  }

  @Test(arguments: Checkout.shipped)
  func experiments(path: String) throws {
    try roundTrip(Outcome.of(path))
  }

  @Test(arguments: [
    "no", "true", "null", "~", "010", "1e3", "- a", "a: b", "#x", " x ", "'", "\"", "\\", "a\nb",
    "\t",
    "${seed}", "$${x}", "学习", "🚀", "\u{85}\u{2028}\u{FEFF}", "%", "@", "`", "*a", "&a", "!a", "?",
    "|", ">", "[", "{", ",", "---", "...", "x #y", "\u{1F}\u{7F}", "", "=", "<<", "e\u{301}",
    "\u{FFFF}",
  ])
  func textsThatNeedQuotes(text: String) throws {
    let escaped = text.unicodeScalars.map { scalar -> String in
      let hex = String(scalar.value, radix: 16)
      return "\\U" + String(repeating: "0", count: 8 - hex.count) + hex
    }.joined().replacing("\\U00000024\\U0000007b", with: "$${")
    let outcome = Outcome.of(
      text: "data: {dataset: digits}\nmodel: [flatten, linear: 10]\ndescription: \"\(escaped)\"\n")
    let loaded = try #require(outcome.loaded, "\(outcome.text)")
    let rendered = ResolvedYAML.render(loaded.resolved, source: loaded.source)
    let again = Outcome.of(text: rendered)
    let description = again.loaded?.resolved["description"]
    #expect(try description?.string() == text, "\(rendered)\(again.text)")
  }

  @Test func everyValueNamesItsOrigin() throws {
    let path = Checkout.good + "/extends.yaml"
    let loaded = try #require(Outcome.of(path, ["seed=9"]).loaded)
    let text = ResolvedYAML.render(loaded.resolved, source: loaded.source)
    let lines = text.split(separator: "\n")
    func line(_ key: String) -> String {
      lines.first { $0.drop { $0 == " " }.hasPrefix(key + ":") }.map(String.init) ?? ""
    }
    #expect(line("seed").hasSuffix("# command line: seed=9"))
    #expect(line("batch_size").hasSuffix("# parts/base.yaml:3:15"))
    #expect(line("drop_last").hasSuffix("# default"))
    #expect(line("threads").hasSuffix("# auto: one, the model is small"))
    #expect(!text.contains("extends:"))
    #expect(!text.contains("# " + Checkout.root))
  }
}
