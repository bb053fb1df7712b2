import FoundationEssentials
import Testing

/// `runner init TEMPLATE` as it is typed.
@Suite struct TemplateCommandTests {
  @Test func withoutArgumentsTheTemplatesAreListed() async throws {
    let program = try Program()
    defer { program.remove() }
    let list = try await program.run(["init"])
    #expect(list.code == 0 && list.error == "")
    for name in ["image_folder", "multi_label", "detection", "sweep"] {
      #expect(list.output.contains("  \(name) "), "\(list.output)")
    }
    #expect(list.output.contains("runner init --data flowers"))
    #expect(list.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    let typo = try await program.run(["init", "detecton"])
    #expect(typo.code == 2 && typo.error.contains("did you mean 'detection'?"))
    for wrong in [
      ["init", "--data", "x", "table"], ["init", "table", "a.yaml", "b"],
      ["init", "--data", "x", "a.yaml", "b.yaml"], ["init", "table", "--target", "x"],
      ["init", "--schema"],
    ] { #expect(try await program.run(wrong).code == 64, "\(wrong)") }
  }

  /// The one that needs no data works at once.
  @Test func aTemplateTrains() async throws {
    let program = try Program()
    defer { program.remove() }
    let written = try await program.run(["init", "sweep", "search.yaml", "--schema"])
    #expect(written.code == 0, "\(written.text)")
    #expect(written.output.contains("wrote search.yaml\nwrote runner.schema.json\n"))
    let again = try await program.run(["init", "sweep", "search.yaml"])
    #expect(again.code == 2 && again.error.contains("'search.yaml' already exists"))
    let small = ["data.limit={train: 200, test: 50}", "train.epochs=1"]
    let run = try await program.run(["search.yaml", "-q"] + small)
    #expect(run.code == 0, "\(run.text)")
    let sweep = try await program.run(["sweep", "search.yaml", "--max-trials", "2"] + small)
    #expect(sweep.code == 0, "\(sweep.text)")
  }

  @Test func theTemplateForTablesTrainsOnPenguins() async throws {
    guard let data = ProcessInfo.processInfo.environment["RUNNER_DATA"] else {
      print("skipped: RUNNER_DATA is not set, so there is no penguins.csv to train on")
      return
    }
    let program = try Program()
    defer { program.remove() }
    for (template, target) in [("table", "species"), ("regression", "body_mass_g")] {
      #expect(try await program.run(["init", template]).code == 0)
      let overrides = [
        "data.dataset.table.file=\(data)/penguins.csv", "data.dataset.table.target=\(target)",
        "+data.dataset.table.on_error=skip", "train.epochs=2",
      ]
      let run = try await program.run(["\(template).yaml", "-q"] + overrides)
      #expect(run.code == 0, "\(run.text)")
    }
  }
}
