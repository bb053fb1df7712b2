import ExperimentConfig
import Files
import FoundationEssentials
import Glibc
import RunRecord
import Testing
import Weights

/// Runs with a frozen model, which store it once, as a user meets them.
@Suite struct SharedFrozenWeightsTests {
  private static let yaml = """
    name: wide
    seed: 7
    data:
      dataset:
        idx: {folder: data, classes: 4, height: 8, width: 8}
      transforms: [to_tensor]
      batch_size: 32
    model:
      - flatten
      - linear: 4300
        name: wide
      - relu
      - linear: 4
        name: head
    optimizer: {adam: 1e-3}
    train: {epochs: 2}
    report: {plots: false}
    metrics: [accuracy]

    """

  /// A program with weights to start from, `first.safetensors`.
  private static func program() async throws -> Program {
    let program = try Program()
    try SmallExperiment.write(into: program)
    try program.write(yaml, to: "wide.yaml")
    let first = try await program.run(["wide.yaml", "-q", "train.epochs=1", "--runs-dir", "first"])
    #expect(first.code == 0, "\(first.error)")
    let run = RunDirectory(path: try #require(program.runs("first").first))
    // Nothing is frozen: one complete file.
    #expect(!run.isFile("weights/frozen.safetensors"))
    try FileManager.default.copyItem(
      atPath: run.file("weights/best.safetensors"), toPath: program.path("first.safetensors"))
    try program.write(
      yaml + "weights: first.safetensors\nfreeze: backbone\n", to: "frozen.yaml")
    return program
  }

  private static func inode(_ run: RunDirectory) throws -> UInt64? {
    try run.folder.links(of: "weights/frozen.safetensors")?.file
  }

  @Test func theyAreSmallAndCompleteForEveryCommand() async throws {
    let program = try await Self.program()
    defer { program.remove() }
    for settings in [
      [], ["optimizer.adam.lr=1e-2"], ["+data.split.folds=2"],
    ] {
      let outcome = try await program.run(["frozen.yaml", "-q"] + settings)
      #expect(outcome.code == 0, "\(outcome.error)")
    }
    let runs = program.runs().map { RunDirectory(path: $0) }
    #expect(runs.count == 3)
    let trainings = runs.flatMap { run in
      let parts = RunParts.all(of: run)
      return parts.isEmpty ? [run] : parts
    }
    #expect(trainings.count == 4)
    #expect(try Set(trainings.map(Self.inode)).count == 1)
    for run in trainings {
      #expect(try run.folder.size(of: "weights/best.safetensors") ?? 0 < 100_000)
      let all = try SafeTensors.Stream("weights/best.safetensors", in: run.folder)
      #expect(all.tensors.map(\.name) == ["wide.weight", "wide.bias", "head.weight", "head.bias"])
    }
    let sizes = try await program.run(["list", "--columns", "size", "--json"])
    guard
      case .array(let items) = try JSONText.decode(JSONValue.self, from: Array(sizes.output.utf8))
    else { throw TestFailure("no runs: \(sizes.text)") }
    for item in items {
      guard case .object(let run) = item, case .object(let columns)? = run["columns"],
        case .integer(let bytes)? = columns["size"]
      else { throw TestFailure("no size: \(item)") }
      #expect(bytes < 1_000_000)
    }

    let run = try #require(runs.first { RunParts.all(of: $0).isEmpty })
    for arguments in [
      ["predict", run.path, "--split", "test"],
      ["export", run.path, "safetensors", "--output", "whole.safetensors"],
      ["report", run.path, "--plots"], ["show", run.path], ["reproduce", run.path],
      ["resume", run.path, "epochs=3"],
      ["frozen.yaml", "-q", "weights={run: \(run.path)}", "--runs-dir", "next"],
      ["evaluate", "wide.yaml", "weights=\(run.file("weights/last.safetensors"))"],
      ["diff", runs[0].path, runs[1].path],
    ] {
      let outcome = try await program.run(arguments)
      // Runs that differ are no failure of the comparison.
      #expect(outcome.code == (arguments[0] == "diff" ? 1 : 0), "\(arguments): \(outcome.text)")
    }
    let whole = try SafeTensors.File(reading: program.path("whole.safetensors")).entries()
    let joined = try SafeTensors.Stream("weights/best.safetensors", in: run.folder)
    #expect(whole.count == 4)
    for entry in whole { #expect(try joined.entry(named: entry.name) == entry) }
    // The weights that a later run started from are recorded by the hash of the trained ones.
    let next = RunDirectory(path: try #require(program.runs("next").first))
    #expect(
      try next.readInfo().weights?.sha256 == Manifest.hash(of: "weights/best.safetensors", in: run))
  }

  @Test func damagedAndMissingOnesAreErrors() async throws {
    let program = try await Self.program()
    defer { program.remove() }
    #expect(try await program.run(["frozen.yaml", "-q"]).code == 0)
    let run = RunDirectory(path: try #require(program.runs().first))
    let frozen = run.file("weights/frozen.safetensors")
    try program.write(
      Self.yaml.replacing("name: wide", with: "name: student")
        .replacing("linear: 4300", with: "linear: 8") + "teacher: {run: \(run.path)}\n",
      to: "student.yaml")
    let taught = try await program.run(["student.yaml", "-q", "--runs-dir", "students"])
    #expect(taught.code == 0, "\(taught.error)")
    let student = RunDirectory(path: try #require(program.runs("students").first))
    #expect(
      try student.readInfo().files?.map(\.key) == [
        "teacher.run/weights/best.safetensors", "teacher.run/weights/frozen.safetensors",
        "teacher.run/resolved.yaml",
      ])
    var bytes = try FileReading.bytes(of: frozen)
    bytes[bytes.count - 1] ^= 1
    try run.write([bytes], to: "weights/frozen.safetensors")
    let commands = [
      ["predict", run.path, "--split", "test"], ["export", run.path, "safetensors"],
      ["resume", run.path, "epochs=3"], ["frozen.yaml", "weights={run: \(run.path)}"],
      ["student.yaml", "epochs=1"], ["reproduce", student.path],
    ]
    for arguments in commands {
      let outcome = try await program.run(arguments)
      #expect(outcome.code != 0 && outcome.error.contains(frozen), "\(arguments): \(outcome.text)")
    }
    #expect(unlink(frozen) == 0)
    for arguments in commands {
      let outcome = try await program.run(arguments)
      #expect(
        outcome.code != 0 && outcome.error.contains("frozen.safetensors"),
        "\(arguments): \(outcome.text)")
    }
    #expect(program.runs().count == 1)
  }

  @Test func theyGoWithTheLastRun() async throws {
    let program = try await Self.program()
    defer { program.remove() }
    for epochs in 1...2 {
      #expect(try await program.run(["frozen.yaml", "-q", "epochs=\(epochs)"]).code == 0)
    }
    let runs = program.runs()
    let store = RootedDirectory(program.path("runs")).directory(SharedWeights.folder)
    #expect(try await program.run(["rm", runs[0], "--yes"]).code == 0)
    #expect(try await program.run(["gc", "--yes"]).code == 0)
    #expect(try store.names().count == 1)
    #expect(try await program.run(["predict", runs[1], "--split", "test"]).code == 0)
    #expect(try await program.run(["rm", runs[1], "--yes"]).code == 0)
    let freed = try await program.run(["gc", "--yes"])
    #expect(
      freed.text.contains("Frozen weights that no run has any more  1.12 MB"), "\(freed.text)")
    #expect(try store.names().isEmpty)
  }
}
