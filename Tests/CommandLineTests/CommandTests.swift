import ExperimentConfig
import FoundationEssentials
import RunRecord
import Testing

/// The commands beside `run`.
@Suite struct CommandTests {
  private let experiment = Program.repository + "/experiments/sequential.yaml"

  private func run(_ arguments: [String]) async throws -> Program.Outcome {
    let program = try Program()
    defer { program.remove() }
    return try await program.run(arguments)
  }

  @Test func checkPrintsShapesAndCounts() async throws {
    let outcome = try await run(["check", experiment])
    #expect(outcome.code == 0)
    #expect(outcome.error == "")
    #expect(outcome.output.contains("1      linear   [N, 128]           100,480  200,832"))
    #expect(outcome.output.contains("109,386"))
    #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 80 })

    let json = try await run(["check", experiment, "--json"])
    guard
      case .object(let object) = try JSONText.decode(
        JSONValue.self, from: Array(json.output.utf8))
    else { throw TestFailure("no object") }
    #expect(object["parameters"] == ["total": 109386, "trainable": 109386])
    #expect(object["inputs"] == [["name": "image", "shape": [1, 28, 28]]])
    #expect(object["outputs"] == [["name": "label", "shape": [10]]])
  }

  @Test func checkPrintsForOtherPrograms() async throws {
    let good = try await run(["check", experiment, "--format", "gcc"])
    #expect(good.code == 0 && good.text == "")
    let bad = try await run(["check", experiment, "optimiser=adam", "--format", "json"])
    #expect(bad.code == 2 && bad.error == "")
    guard
      case .array(let errors) = try JSONText.decode(JSONValue.self, from: Array(bad.output.utf8))
    else { throw TestFailure("no array") }
    #expect(errors.count == 1)
    let missing = try await run(["check", "no/such.yaml", "--format", "gcc"])
    #expect(missing.code == 2 && missing.output.hasPrefix("no/such.yaml: error: "))
    #expect(try await run(["check", experiment, "--format", "gcc", "--json"]).code == 64)
  }

  /// The learning rate and weight decay of every parameter, if they differ.
  @Test func checkPrintsParameterGroups() async throws {
    let arguments = [
      "check", experiment, "optimizer={adamw: {lr: 1e-3, no_decay: bias, layer_decay: 0.5}}",
    ]
    let outcome = try await run(arguments)
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(outcome.output.contains("optimizer       lr  weight decay   values  parameters"))
    #expect(outcome.output.contains("adamw      0.00025          0.01  100,352  1.weight"))
    #expect(outcome.output.contains("adamw      0.00025             0      128  1.bias"))
    let json = try await run(arguments + ["--json"])
    guard
      case .object(let object) = try JSONText.decode(
        JSONValue.self, from: Array(json.output.utf8)),
      case .array(let groups) = object["parameter_groups"]
    else { throw TestFailure("no groups") }
    #expect(groups.count == 6)
    #expect(
      groups[1] == [
        "optimizer": "adamw", "lr": 0.00025, "weight_decay": 0, "first_epoch": 1, "values": 128,
        "parameters": ["1.bias"],
      ])
    let plain = try await run(["check", experiment])
    #expect(!plain.output.contains("weight decay"))
  }

  @Test func explainNamesOriginAndWhatWasReplaced() async throws {
    let outcome = try await run(["check", experiment, "lr=1e-4", "--explain", "lr"])
    #expect(outcome.code == 0)
    #expect(outcome.output.hasPrefix("optimizer.adam.lr = 0.0001\n"))
    #expect(outcome.output.contains("from the command line: lr=1e-4"))
    #expect(outcome.output.contains("instead of 1e-3 from \(experiment):25:14"))
  }

  @Test func layersComeFromTheRegistry() async throws {
    let list = try await run(["layers"])
    let layers = list.output.components(separatedBy: "\nModels")[0]
    let names = layers.split(separator: "\n").filter { !$0.hasPrefix("   ") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
    #expect(names.count == 68)
    #expect(list.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    let one = try await run(["layers", "conv2d"])
    #expect(one.output.contains("kernel_size: "))
    let typo = try await run(["layers", "conv2"])
    #expect(typo.code == 2)
    #expect(typo.error.contains("did you mean 'conv2d'?"))
  }

  @Test func listShowAndReport() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    for seed in ["1", "2"] {
      #expect(try await program.run(["small.yaml", "-q", "seed=\(seed)"]).code == 0)
    }
    let list = try await program.run(["list", "--json"])
    guard
      case .array(let runs) = try JSONText.decode(
        JSONValue.self, from: Array(list.output.utf8))
    else { throw TestFailure("no list: \(list.output)") }
    #expect(runs.count == 2)
    let show = try await program.run(["show", "latest"])
    #expect(show.code == 0)
    #expect(show.output.contains("seed          2"))
    #expect(show.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    let report = try await program.run(["report", "latest~1"])
    #expect(report.code == 0)
    #expect(report.output.hasSuffix("report.html\n"))
    let page = try await program.run(["report", "latest~1", "--json"])
    #expect(
      try JSONText.decode(JSONValue.self, from: Array(page.output.utf8))
        == ["report": .string(String(report.output.dropLast()))])
    let missing = try await program.run(["show", "nothing"])
    #expect(missing.code == 2)
  }

  @Test func datasetsAndSchema() async throws {
    #expect(try await run(["datasets"]).output.contains("mnist"))
    let schema = try await run(["schema"])
    let value = try JSONText.decode(JSONValue.self, from: Array(schema.output.utf8))
    guard case .object(let object) = value else { throw TestFailure("no object") }
    #expect(object["$schema"] == "https://json-schema.org/draft/2020-12/schema")
  }

  @Test func doctorSaysWhatIsThere() async throws {
    let outcome = try await run(["doctor"])
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("LibTorch"))
    #expect(outcome.output.contains("MNIST"))
  }
}

/// Where MNIST is not available.
@Suite struct FallbackTests {
  @Test func theFallbackIsUsedAndSaidLoudly() async throws {
    let program = try Program()
    defer { program.remove() }
    let outcome = try await program.run([
      Program.repository + "/experiments/sequential.yaml", "epochs=1", "data.limit.train=2000",
      "data.limit.test=500",
    ])
    #expect(outcome.code == 0, "\(outcome.error)")
    let said = outcome.error.components(
      separatedBy: "warning: 'mnist' is not available; this run uses 'digits' instead")
    #expect(said.count == 3, "at the start and at the end")
    let run = RunDirectory(path: try #require(program.runs().first))
    let info = try run.readInfo()
    #expect(info.dataset.requested == "mnist")
    #expect(info.dataset.used == "digits")
    #expect(info.warnings.count == 1)
    #expect(try run.readSummary().dataset == "digits")
  }

  @Test func withoutAFallbackItIsAnError() async throws {
    let program = try Program()
    defer { program.remove() }
    let outcome = try await program.run([
      Program.repository + "/experiments/sequential.yaml", "~data.fallback",
    ])
    #expect(outcome.code == 2)
    #expect(outcome.error.contains("sequential.yaml:6:12: error:"))
    #expect(outcome.error.contains("127.0.0.1:9"))
    #expect(program.runs().isEmpty)
  }
}
