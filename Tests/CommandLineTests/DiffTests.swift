import FoundationEssentials
import Subprocess
import SystemPackage
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
    #expect(same.output.contains("Identical: A and B are the same run."))
    #expect(same.error.isEmpty)

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

  }

  /// Through the script that the program prints, as bash itself calls it.
  @Test func namesOfRunsCompleteInBash() async throws {
    let program = try Program()
    defer { program.remove() }
    for name in ["small-20261123-101500-a1b2c3", "other-20261123-101501-d4e5f6"] {
      let folder = program.path("runs/" + name)
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try program.write("{}", to: "runs/\(name)/run.json")
    }
    let script = try await program.run(["--generate-completion-script", "bash"])
    #expect(script.code == 0)
    try program.write(script.output, to: "runner.bash")
    try program.write(
      """
      source runner.bash || exit 3
      COMP_WORDS=("$1" "${@:2}")
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      COMP_LINE="${COMP_WORDS[*]}"
      COMP_POINT=${#COMP_LINE}
      _runner "$1" "${@: -1}" "${@: -2:1}" || exit 4
      printf '%s\\n' "${COMPREPLY[@]}"

      """, to: "complete.bash")
    func complete(_ words: String...) async throws -> [String] {
      let result = try await Subprocess.run(
        .name("bash"), arguments: Arguments(["complete.bash", Program.folder + "/runner"] + words),
        workingDirectory: FilePath(program.work), output: .string(limit: 1 << 16),
        error: .string(limit: 1 << 16))
      #expect(result.terminationStatus == .exited(0), "\(result.standardError)")
      return result.standardOutput.split(separator: "\n").map(String.init)
    }
    #expect(try await complete("diff", "small") == ["small-20261123-101500-a1b2c3"])
    #expect(
      try await complete("diff", "") == [
        "latest", "latest~1", "other-20261123-101501-d4e5f6", "small-20261123-101500-a1b2c3",
      ])
    #expect(
      try await complete("resume", "--runs-dir", "runs", "oth") == ["other-20261123-101501-d4e5f6"])
    #expect(try await complete("show", "runs/sm") == ["runs/small-20261123-101500-a1b2c3"])
    #expect(try await complete("resu") == ["resume"])
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
