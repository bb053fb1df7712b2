import ExperimentConfig
import Files
import FoundationEssentials
import RunRecord
import Testing

/// Folds that begin with the weights of an earlier run, whose frozen layers are computed once for all.
@Suite struct TransferFoldTests {
  private func manifest(_ run: RunDirectory) throws -> String {
    String(decoding: try FileReading.bytes(of: run.file(Manifest.name)), as: UTF8.self)
  }

  /// How many examples each fold has sent through its frozen layers; -1 where it did not say so.
  private func computed(_ run: RunDirectory) throws -> [Int] {
    try (1...3).map { number in
      let log = String(
        decoding: try FileReading.bytes(of: run.file("fold-\(number)/log.txt")), as: UTF8.self)
      let line = log.split(separator: "\n").first { $0.contains("frozen layers: ") }
      return line.flatMap { Int($0.split(separator: " ")[4]) } ?? -1
    }
  }

  @Test func allFoldsShareOnePass() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    try program.write(TransferTests.yaml, to: "cnn.yaml")
    let code = try await program.run(["cnn.yaml", "-q", "~freeze", "--runs-dir", "source"]).code
    #expect(code == 0)
    let source = try #require(program.runs("source").first)

    func run(_ name: String, _ more: [String]) async throws -> RunDirectory {
      let outcome = try await program.run(
        ["cnn.yaml", "-q", "+weights={run: \(source)}", "+data.split.folds=3", "--runs-dir", name]
          + more)
      #expect(outcome.code == 0, "\(outcome.error)")
      return RunDirectory(path: try #require(program.runs(name).first))
    }
    let first = try await run("first", ["--jobs", "1"])
    #expect(try computed(first) == [500, 0, 0])
    let second = try await run("second", ["--jobs", "1"])
    #expect(try computed(second) == [0, 0, 0])
    #expect(try manifest(second) == manifest(first))
    // One of the folds computes them while the others wait.
    try FileManager.default.removeItem(atPath: program.path("cache/features"))
    let third = try await run("third", ["--jobs", "3"])
    #expect(try computed(third).reduce(0, +) == 500)
    #expect(try manifest(third) == manifest(first))

    let without = try await run("without", ["--no-cache"])
    #expect(try computed(without) == [-1, -1, -1])
    let summaries = try [first, without].map { try $0.readSummary() }
    for (key, value) in summaries[0].validation {
      #expect(abs(value - (summaries[1].validation[key] ?? .nan)) <= 1e-6, "\(key)")
    }
    #expect(summaries[0].validation.keys == summaries[1].validation.keys)
  }
}
