import FoundationEssentials
import Testing

@Suite struct DiffTests {
  /// Two runs of one experiment with other seeds, and what is said of them.
  @Test func twoRunsAreComparedFromTheCommandLine() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    for seed in ["7", "8"] {
      let run = try await program.run(["small.yaml", "seed=\(seed)", "--quiet"])
      #expect(run.code == 0, "\(run.error)")
    }
    let names = program.runs().map { $0.split(separator: "/").last.map(String.init) ?? "" }
    try #require(names.count == 2)

    let same = try await program.run(["diff", names[0], names[0]])
    #expect(same.code == 0)
    #expect(same.error.contains("Identical: A and B are the same run."))
    #expect(same.output.isEmpty)

    let other = try await program.run(["diff", "--json", "--html", "diff.html"])
    #expect(other.code == 1)
    #expect(other.output.contains("\"outcome\" : \"indistinguishable\""))
    #expect(other.output.contains("\"seed 7 → 8\""))
    let page = try String(contentsOfFile: program.path("diff.html"), encoding: .utf8)
    #expect(page.contains("<strong>Indistinguishable</strong>"))
    // The pictures of flipped examples, if there are any, come from the data files.
    #expect(!page.contains("Flipped examples") || page.contains("data:image/png;base64,"))

    let table = try await program.run([
      "compare", names[0], names[1], "--csv", "c.csv", "--markdown", "c.md", "--html", "c.html",
    ])
    #expect(table.code == 0, "\(table.error)")
    let csv = try String(contentsOfFile: program.path("c.csv"), encoding: .utf8)
    #expect(csv.hasPrefix("run,status,seed,test_accuracy"))
    #expect(csv.split(separator: "\n").count == 3)
    for file in ["c.md", "c.html"] {
      #expect(FileManager.default.fileExists(atPath: program.path(file)))
    }

    let completion = try await program.run([
      "---completion", "diff", "--", "positional@0", "2", "2", "small", "runner", "diff", "small",
    ])
    #expect(completion.output.contains(names[0]) || completion.code != 0)
  }

  @Test func wrongUsageAndUnknownRunsAreTold() async throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try await program.run(["diff", "one"]).code == 64)
    let unknown = try await program.run(["diff", "one", "two"])
    #expect(unknown.code == 2)
    #expect(try await program.run(["compare", "no/such/run"]).code == 2)
  }
}
