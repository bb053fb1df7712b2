import Diagnostics
import Testing

@Suite struct SuggestionTests {
  static let layers = [
    "linear", "conv2d", "batch_norm2d", "batch_norm1d", "relu", "gelu", "dropout",
  ]

  @Test(arguments: [
    ("liner", "linear"), ("lienar", "linear"), ("Linear", "linear"), ("conv2", "conv2d"),
    ("conv", "conv2d"), ("batchnorm2d", "batch_norm2d"), ("batch-norm1d", "batch_norm1d"),
    ("rellu", "relu"), ("drop", "dropout"),
  ])
  func findsWhatWasMeant(name: String, expected: String) {
    #expect(Suggestion.nearest(to: name, among: Self.layers) == expected)
  }

  @Test(arguments: ["", "x", "transformer", "lstm", String(repeating: "linear", count: 20)])
  func doesNotGuessWildly(name: String) {
    #expect(Suggestion.nearest(to: name, among: Self.layers) == nil)
  }

  @Test func isTextForAPerson() {
    #expect(Suggestion.hint(for: "liner", among: Self.layers) == "did you mean 'linear'?")
    #expect(Suggestion.hint(for: "liner", among: [String]()) == nil)
  }

  @Test func aliasesAreOtherToolsWords() {
    let aliases = ["top": ["best", "top_1"], "recall": ["sensitivity"]]
    let names = ["recall", "top"]
    #expect(Suggestion.nearest(to: "Top1", among: names, aliases: aliases) == "top")
    #expect(Suggestion.hint(for: "best", among: names, aliases: aliases) == "did you mean 'top'?")
    #expect(Suggestion.nearest(to: "sensitivity", among: ["top"], aliases: aliases) == nil)
    #expect(Suggestion.nearest(to: "sensitivity", among: names) == nil)
  }

  @Test func theNearestWinsAndThenTheFirst() {
    #expect(Suggestion.nearest(to: "seeds", among: ["speeds", "seed"]) == "speeds")
    #expect(Suggestion.nearest(to: "abcd", among: ["abce", "abcf"]) == "abce")
  }
}
