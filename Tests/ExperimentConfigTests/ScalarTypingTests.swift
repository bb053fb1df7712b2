import ExperimentConfig
import Testing

/// What a scalar means where a number, an integer, a boolean or a text is asked.
@Suite struct ScalarTypingTests {
  private func resolved(_ path: String, _ text: String) -> Resolved.Content? {
    let rest: String
    switch path {
    case "lr": rest = "optimizer: {adam: {lr: \(text)}}"
    case "epochs": rest = "train: {epochs: \(text)}"
    case "shuffle": rest = "description: x"
    default: rest = "\(path): \(text)"
    }
    let shuffle = path == "shuffle" ? ", shuffle: \(text)" : ""
    let outcome = Outcome.of(
      text: "data: {dataset: digits\(shuffle)}\nmodel: [flatten, linear: 10]\n\(rest)\n")
    let root = outcome.loaded?.resolved
    switch path {
    case "lr": return root?["optimizer"]?["lr"]?.content
    case "epochs": return root?["train"]?["epochs"]?.content
    case "shuffle": return root?["data"]?["shuffle"]?.content
    default: return root?[path]?.content
    }
  }

  @Test(arguments: [
    ("1e-3", 1e-3), ("0.001", 1e-3), (".5", 0.5), ("5.", 5), ("1", 1), ("+1.5e2", 150),
    ("1E-2", 1e-2),
    ("0.1", 0.1), ("5e-324", .leastNonzeroMagnitude),
  ])
  func numbers(text: String, value: Double) throws {
    let content = try #require(resolved("lr", text))
    guard case .number(let found) = content else {
      Issue.record("not a number: \(content)")
      return
    }
    #expect(found == value)
  }

  @Test(arguments: [
    "1e400", "-1e400", ".inf", "-.inf", ".nan", "inf", "nan", "010", "00.1", "0x10", "0o10", "0b1",
    "1:30", "1_000", "1e", "e5", ".", "-", "+", "1e-3e", "1 000", "'x'", "true", "null",
    "~",
    "", "[1]", "{a: 1}", "1e-400", "１", "٣", "1,5", "infinity", "1f",
  ])
  func notNumbers(text: String) {
    #expect(resolved("lr", text) == nil)
  }

  @Test(arguments: [("0", 0), ("1", 1), ("+7", 7), ("1000000", 1_000_000)])
  func integers(text: String, value: Int) throws {
    let content = try #require(resolved("epochs", text))
    guard case .integer(let found) = content else {
      Issue.record("not an integer: \(content)")
      return
    }
    #expect(found == value)
  }

  @Test(arguments: [
    "1.0", "1e1", "010", "0x1", "1_0", "'1.0'", "9223372036854775808", "-9223372036854775809", "-1",
    "1000001", "1:30", "true", "ten", "", "１０",
  ])
  func notIntegers(text: String) {
    #expect(resolved("epochs", text) == nil)
  }

  @Test func booleans() {
    for (text, value) in [("true", true), ("false", false)] {
      guard case .boolean(let found) = resolved("shuffle", text) else {
        Issue.record("not a boolean: \(text)")
        continue
      }
      #expect(found == value)
    }
  }

  @Test(arguments: [
    "yes", "no", "on", "off", "True", "FALSE", "1", "0", "y", "'true'", "", "~", "[true]",
  ])
  func notBooleans(text: String) {
    #expect(resolved("shuffle", text) == nil)
  }

  @Test(arguments: [
    "no", "010", "1e5", "1:30", "true", "on", "2020-01-01", "0x1", "=", "'null'", "\"\"",
  ])
  func textsStayTexts(text: String) throws {
    let content = try #require(resolved("description", text))
    guard case .string(let found) = content else {
      Issue.record("not a text: \(content)")
      return
    }
    #expect(found == text.trimmingQuotes)
  }

  @Test func aTextMayHoldNoNUL() {
    #expect(resolved("description", "\"a\\0b\"") == nil)
  }

  @Test(arguments: ["a", "a-b_c.1", "1st"])
  func namesOfRuns(text: String) { #expect(resolved("name", text) != nil) }

  @Test(arguments: [".hidden", "-x", "a/b", "a b", "ü", "..", String(repeating: "a", count: 101)])
  func noNamesOfRuns(text: String) { #expect(resolved("name", text) == nil) }
}

extension String {
  fileprivate var trimmingQuotes: String { filter { $0 != "'" && $0 != "\"" } }
}
