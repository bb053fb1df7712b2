import ExperimentConfig
import FeatureCache
import FoundationEssentials
import Testing

/// `runner cache`.
@Suite struct CacheTests {
  private let a = "aaaa" + String(repeating: "0", count: 60)
  private let b = "bbbb" + String(repeating: "0", count: 60)

  private func fill(_ program: Program, _ key: String) throws -> FeatureMatrix {
    let store = FeatureStore(folder: program.path("cache/features"), limit: 1 << 30)
    return try store.fill(
      key: key, rows: 10, width: 3,
      description: FeatureDescription(
        dataset: "mnist (train)", model: "lenet\u{1B}[31m", layers: "conv1 … pool2")
    ) { [Float](repeating: 1, count: 3 * $0.count) }
  }

  private func object(_ text: String) throws -> [String: JSONValue] {
    guard case .object(let object) = try JSONText.decode(JSONValue.self, from: Array(text.utf8))
    else { throw TestFailure("no object: \(text)") }
    return object
  }

  @Test func listAndClear() async throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try await program.run(["cache"]).output.contains("There are no features"))
    _ = try fill(program, a)
    let used = try fill(program, b)
    let list = try await program.run(["cache", "list"])
    #expect(list.code == 0)
    #expect(list.error == "")
    #expect(list.output.contains("aaaa00000000  4.25 kB        10 × 3"))
    #expect(list.output.contains("in use; mnist (train); lenet\u{FFFD}[31m; conv1 … pool2"))
    #expect(list.output.contains("8.50 kB of 20.0 GB in "))

    let json = try object(try await program.run(["cache", "list", "--json"]).output)
    #expect(json["total_bytes"] == 8496)
    guard case .array(let entries)? = json["entries"] else { throw TestFailure("no entries") }
    #expect(entries.count == 2)

    let young = try await program.run(["cache", "clear", "--older-than", "1d"])
    #expect(young.output == "Removed 0 entries, 0 B.\n")
    let missing = try await program.run(["cache", "clear", "ccc"])
    #expect(missing.code == 2)
    #expect(missing.error.contains("no entry has a key that begins with 'ccc'"))
    let one = try await program.run(["cache", "clear", "AAA"])
    #expect(one.output == "Removed 1 entry, 4.25 kB.\n")
    let held = try object(try await program.run(["cache", "clear", "--all", "--json"]).output)
    #expect(held == ["freed_bytes": 0, "removed": [], "in_use": [.string(b)]])
    withExtendedLifetime(used) {}
    let rest = try await program.run(["cache", "clear", "--older-than", "0s"])
    #expect(rest.output == "Removed 1 entry, 4.25 kB.\n" || rest.output.contains("in use"))
  }

  @Test func wrongUsage() async throws {
    var program = try Program()
    defer { program.remove() }
    for arguments in [
      [], ["--all", "abc"], ["xyz"], ["--older-than", "soon"], ["--older-than", "-1d"],
      ["--all", "--older-than", "1d"],
    ] { #expect(try await program.run(["cache", "clear"] + arguments).code == 64, "\(arguments)") }
    program.environment["RUNNER_CACHE_LIMIT"] = "much"
    let outcome = try await program.run(["cache", "list"])
    #expect(outcome.code == 2)
    #expect(
      outcome.error.contains("RUNNER_CACHE_LIMIT: 'much' is not a size such as 20GB or 500MB"))
  }
}
