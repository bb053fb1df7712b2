import ExperimentConfig
import Files
import FoundationEssentials
import RunRecord
import Testing

/// `list` with conditions, `tag`, `note`, `rm` and `gc`, as a user calls them.
@Suite struct RunCareTests {
  @Test func aRunIsListedTaggedRemovedRestoredAndDeleted() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    for lr in ["1e-2", "1e-4"] {
      let run = try await program.run(
        ["small.yaml", "-q", "epochs=1", "lr=\(lr)", "report.plots=false"])
      #expect(run.code == 0, "\(run.error)")
    }
    let runs = try program.runs()
    #expect(runs.count == 2)
    let run = try #require(runs.first { (try? resolved($0))?.contains("lr: 0.0001") ?? false })
    #expect(try FileManager.default.contentsOfDirectory(atPath: run).contains("plots") == false)
    #expect(
      try inode(run + "/weights/best.safetensors") == inode(run + "/weights/last.safetensors"))
    let manifest = try FileReading.bytes(of: run + "/MANIFEST.sha256")
    let name = RunDirectory(path: run).name

    let list = try await program.run(["list"])
    #expect(list.output.contains(" lr ") && list.output.contains("0.0001"), "\(list.text)")
    let filtered = try await program.run(
      ["list", "--filter", "lr<1e-3 and status=finished", "--columns", "lr,dropout,size", "--json"])
    #expect(filtered.code == 0, "\(filtered.error)")
    guard
      case .array(let items) = try JSONText.decode(
        JSONValue.self, from: Array(filtered.output.utf8)),
      items.count == 1, case .object(let item) = items[0],
      case .object(let columns)? = item["columns"]
    else { throw TestFailure("not one run: \(filtered.output)") }
    #expect(item["name"] == .string(name) && item["tags"] == .array([]))
    #expect(columns["lr"] == .number(1e-4) && columns["dropout"] == .number(0.1))
    let sorted = try await program.run(["list", "--sort", "-lr", "--columns", "lr"])
    #expect(sorted.output.split(separator: "\n").last?.contains(name) ?? false, "\(sorted.text)")
    let wrong = try await program.run(["list", "--filter", "seed=7 and learning_rate<1"])
    #expect(wrong.code == 2)
    #expect(
      wrong.error == """
        --filter:1:12: error: no run has a value 'learning_rate'
        1 | seed=7 and learning_rate<1
          |            ^~~~~~~~~~~~~ did you mean 'lr'?

        """)

    #expect(try await program.run(["tag", name, "baseline", "x"]).output == "baseline x\n")
    #expect(try await program.run(["tag", "baseline", "x", "--remove"]).output == "baseline\n")
    let page = String(decoding: try FileReading.bytes(of: run + "/report.html"), as: UTF8.self)
    #expect(page.contains("<div class=\"tags\"><span>baseline</span></div>"))
    #expect(try await program.run(["tag", name, "a b"]).code == 2)
    #expect(
      try await program.run(["note", "baseline", "too", "low"]).output.hasSuffix("  too low\n"))
    let show = try await program.run(["show", "baseline"])
    #expect(show.output.contains("tags") && show.output.contains("too low"), "\(show.text)")
    #expect(try await program.run(["list", "--tag", "baseline"]).output.contains("1 of 2 runs"))
    let again = try await program.run(["reproduce", "baseline", "--runs-dir", "runs", "-q"])
    #expect(again.code == 0, "\(again.text)")
    #expect(try FileReading.bytes(of: run + "/MANIFEST.sha256") == manifest)

    // Nobody can answer, so nothing is moved.
    #expect(try await program.run(["rm", "baseline"]).code == 2)
    #expect(try await program.run(["rm", "baseline", "--yes"]).code == 0)
    #expect(!RunCatalog.isFolder(run))
    #expect(
      try await program.run(["rm", "--restore", name]).output.hasSuffix(" to runs/\(name)\n"))
    #expect(
      RunCatalog.isFolder(run) && !RunCatalog.isFolder("\(program.path("runs"))/.trash/\(name)"))
    #expect(try await program.run(["rm", "baseline", "--yes"]).code == 0)
    let found = try await program.run(["gc"])
    #expect(found.code == 0 && found.output.contains("--yes deletes it"), "\(found.text)")
    #expect(found.output.contains("runs/.trash/\(name)"))
    #expect(RunCatalog.isFolder("\(program.path("runs"))/.trash/\(name)"))
    let freed = try await program.run(["gc", "--yes"])
    #expect(freed.code == 0 && freed.output.contains("Deleted"), "\(freed.text)")
    #expect(!RunCatalog.isFolder("\(program.path("runs"))/.trash/\(name)"))
    #expect(try await program.run(["gc"]).output == "There is nothing to delete.\n")
  }

  @Test func plotsAreDrawnOnDemand() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let sweep = try await program.run(
      ["sweep", "small.yaml", "epochs=1", "lr=1e-2,1e-3", "batch_size=32,64"])
    #expect(sweep.code == 0, "\(sweep.error)")
    let folder = try #require(
      try FileManager.default.contentsOfDirectory(atPath: program.path("runs"))
        .first { $0.contains("-sweep-") })
    let path = program.path("runs/\(folder)")
    let isThere = FileManager.default.isExecutableFile(atPath: "/usr/bin/gnuplot")
    let trial = try #require(
      try FileManager.default.contentsOfDirectory(atPath: path + "/trials")
        .first { $0.hasPrefix("1-") })
    func plots(_ folder: String) -> Set<String> {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/plots")) ?? []
      return Set(names.filter { $0.hasSuffix(".svg") })
    }
    if isThere {
      #expect(plots(path).contains("heat_map.svg"))
      #expect(plots("\(path)/trials/\(trial)") == ["loss.svg", "accuracy.svg"])
    }
    let report = try await program.run(["report", "sweep/1", "--plots"])
    #expect(report.code == 0, "\(report.error)")
    if isThere {
      #expect(
        plots("\(path)/trials/\(trial)").isSuperset(of: ["loss.svg", "confusion_matrix.svg"]))
    }
    let whole = try await program.run(["report", "sweep", "--plots"])
    #expect(whole.code == 0, "\(whole.error)")
  }

  private func resolved(_ run: String) throws -> String {
    String(decoding: try FileReading.bytes(of: run + "/resolved.yaml"), as: UTF8.self)
  }

  private func inode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.systemFileNumber] as? Int)
  }
}
