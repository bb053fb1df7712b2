import ExperimentConfig
import FoundationEssentials
import Testing

/// What was asked for goes to standard output, everything else to standard error; with `--json` errors
/// are JSON too.
@Suite struct StreamTests {
  private func with(_ body: (Program) async throws -> Void) async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    try await body(program)
  }

  private func object(_ text: String) throws -> [String: JSONValue] {
    guard case .object(let object) = try JSONText.decode(JSONValue.self, from: Array(text.utf8))
    else { throw TestFailure("no object: \(text)") }
    return object
  }

  private func firstError(_ outcome: Program.Outcome) throws -> [String: JSONValue] {
    #expect(outcome.output == "")
    let line = try #require(outcome.error.split(separator: "\n").last)
    let document = try object(String(line))
    #expect(document["exit_code"] == .integer(Int(outcome.code)))
    guard case .array(let errors)? = document["errors"], case .object(let first)? = errors.first
    else { throw TestFailure("no errors: \(line)") }
    return first
  }

  @Test func errorsAreJSONWithTheirPlaces() async throws {
    try await with { program in
      let typo = try firstError(
        try await program.run(["check", "small.yaml", "epoch=3", "--json"]))
      #expect(typo["message"] == "no key 'epoch' in this experiment")
      #expect(typo["hint"] == "did you mean 'epochs'?")
      #expect(typo["line"] == 1 && typo["column"] == 1)

      try program.write("data: {dataset: digits}\nmodel: [flatten, linaer: 10]\n", to: "bad.yaml")
      for command in ["check", "run"] {
        let error = try firstError(try await program.run([command, "bad.yaml", "--json"]))
        #expect(error["file"] == "bad.yaml" && error["line"] == 2 && error["column"] == 18)
        #expect(error["hint"] == "did you mean 'linear'?")
      }
      let missing = try firstError(try await program.run(["show", "nowhere", "--json"]))
      #expect(missing["file"] == .null)
      let usage = try await program.run(["list", "--limit", "0", "--json"])
      #expect(usage.code == 64)
      #expect(try firstError(usage)["message"] == "--limit must be at least 1")
    }
  }

  @Test func warningsOfACheckAreInItsDocument() async throws {
    try await with { program in
      let outcome = try await program.run(["check", "small.yaml", "+model.9=softmax", "--json"])
      if outcome.code == 0 { #expect(outcome.error == "") }
      let plain = try await program.run(["check", "small.yaml", "--json"])
      #expect(plain.error == "")
      #expect(try object(plain.output)["warnings"] == [])
    }
  }

  @Test func theSameThingHasTheSameKeyEverywhere() async throws {
    try await with { program in
      let run = try object(try await program.run(["small.yaml", "--json"]).output)
      let show = try object(try await program.run(["show", "--json"]).output)
      let list = try await program.run(["list", "--json"]).output
      guard case .array(let rows) = try JSONText.decode(JSONValue.self, from: Array(list.utf8)),
        case .object(let row)? = rows.first
      else { throw TestFailure("no list") }
      for document in [run, show, row] {
        guard case .object(let validation)? = document["validation"],
          case .object(let own)? = run["validation"]
        else { throw TestFailure("no validation: \(document.keys.sorted())") }
        #expect(validation["accuracy"] == own["accuracy"])
        #expect(validation["loss"] == own["loss"])
        #expect(document["run"] != nil)
      }
    }
  }

  @Test func answersGoToStandardOutput() async throws {
    try await with { program in
      #expect(try await program.run(["small.yaml", "-q"]).output.hasPrefix("runs/small-"))
      for arguments in [["list"], ["show"], ["doctor"], ["check", "small.yaml"], ["cache"]] {
        let outcome = try await program.run(arguments)
        #expect(outcome.code == 0, "\(arguments)")
        #expect(!outcome.output.isEmpty, "\(arguments)")
        #expect(outcome.error == "", "\(arguments): \(outcome.error)")
      }
      #expect(try await program.run(["list", "--sort", "val_accuracy"]).code == 0)
      #expect(try await program.run(["list", "--sort", "validation.accuracy"]).code == 0)
    }
  }
}
