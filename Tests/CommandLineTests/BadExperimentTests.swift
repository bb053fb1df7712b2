import FoundationEssentials
import Testing

/// Every fourth fixture of a bad experiment through the program itself; `BadFixtureTests` reads them all.
@Suite struct BadExperimentTests {
  @Test func noneStartsATrainingOrLeavesADirectory() async throws {
    let program = try Program()
    defer { program.remove() }
    let folder = Program.repository + "/Tests/Fixtures/bad"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".yaml") && hasExpectation($0, in: folder) }.sorted()
    #expect(files.count >= 60)
    for file in stride(from: 0, to: files.count, by: 4).map({ files[$0] }) {
      let outcome = try await program.run([folder + "/" + file, "--runs-dir", program.path("runs")])
      #expect(outcome.code == 2, "\(file): \(outcome.error)")
      #expect(outcome.error.contains("error: "), "\(file)")
      #expect(!outcome.error.contains("\u{1B}"), "\(file)")
    }
    #expect(program.runs().isEmpty)
  }

  /// Fixtures with an expectation beside them; the others are parts that these include.
  private func hasExpectation(_ name: String, in folder: String) -> Bool {
    let stem = name.dropLast(".yaml".count)
    return FileManager.default.fileExists(atPath: "\(folder)/\(stem).expected")
  }
}
