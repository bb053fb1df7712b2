import ExperimentConfig
import Testing

@Suite struct InterpolationTests {
  private func root(
    _ rest: String, environment: [String: String] = [:]
  ) throws -> Resolved {
    let outcome = Outcome.of(
      text: "data: {dataset: digits}\nmodel: [flatten, linear: 10]\n" + rest,
      environment: environment)
    return try #require(outcome.loaded?.resolved, "\(outcome.text)")
  }

  @Test func aReferenceKeepsTheType() throws {
    let root = try root("seed: 3\ntrain: {epochs: \"${seed}\"}\n")
    #expect(try root.at("train").at("epochs").integer() == 3)
  }

  @Test func partsOfATextAreJoined() throws {
    let root = try root("seed: 3\nname: run-${seed}-${train.epochs}\ntrain: {epochs: 4}\n")
    #expect(try root.at("name").string() == "run-3-4")
  }

  @Test func wholeListsAndMappings() throws {
    let root = try root("metrics: [accuracy, f1]\ndescription: ${metrics.1}\n")
    #expect(try root.at("description").string() == "f1")
  }

  @Test func referencesFollowReferences() throws {
    let root = try root("seed: ${train.epochs}\ndescription: s${seed}\ntrain: {epochs: 5}\n")
    #expect(try root.at("description").string() == "s5")
  }

  @Test func theEnvironmentAndItsDefault() throws {
    let text = "train: {epochs: \"${env:E,2}\"}\ndescription: ${env:D,}x\n"
    #expect(try root(text).at("train").at("epochs").integer() == 2)
    #expect(try root(text, environment: ["E": "9"]).at("train").at("epochs").integer() == 9)
    #expect(try root(text, environment: ["D": "a,b"]).at("description").string() == "a,bx")
  }

  @Test func theEnvironmentIsNoTemplate() throws {
    let root = try root("description: ${env:D}\n", environment: ["D": "${seed}"])
    #expect(try root.at("description").string() == "${seed}")
  }

  @Test func twoDollarsAreTheTextItself() throws {
    #expect(try root("description: a $${b} $c\n").at("description").string() == "a ${b} $c")
  }

  @Test func oneMistakeIsSaidOnce() {
    for text in ["seed: ${nope}\n", "seed: ${seed}\n", "seed: ${env:NOPE}\n", "name: a${b\n"] {
      let outcome = Outcome.of(
        text: "data: {dataset: digits}\nmodel: [flatten, linear: 10]\n" + text)
      #expect(outcome.errors.count == 1, "\(outcome.text)")
    }
  }

  @Test func deepChainsEnd() {
    var text = "data: {dataset: digits}\nmodel: [flatten, linear: 10]\nk0: 1\n"
    for level in 1..<100 {
      text +=
        "k\(level): \(String(repeating: "[", count: 50))\"${k\(level - 1)}\""
        + String(repeating: "]", count: 50) + "\n"
    }
    #expect(!Outcome.of(text: text + "description: ${k99}\n").errors.isEmpty)
  }
}
