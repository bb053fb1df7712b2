import DataSchema
import ExampleMaps
import ExperimentConfig
import Files
import RunRecord
import Tasks
import TestSupport
import Testing

/// `report: {explain: true}`.
@Suite struct ExplainedReportTests {
  /// A small convolutional network that is trained too little to be right.
  private static let convolutions = SmallExperiment.yaml
    .replacing(
      "- flatten\n",
      with: "- conv2d: {out_channels: 6, kernel_size: 3, padding: 1}\n  - relu\n  - flatten\n"
    )
    .replacing("lr: 1e-2", with: "lr: 1e-4").replacing("epochs: 3", with: "epochs: 1")

  private static let explained = "report: {explain: true}\n"

  private func text(_ run: RunDirectory, _ name: String) throws -> String {
    String(decoding: try run.bytes(of: name, limit: 1 << 28), as: UTF8.self)
  }

  /// Trains an experiment and gives the new run.
  private func train(_ program: Program, _ arguments: [String]) async throws -> RunDirectory {
    let outcome = try await program.run(arguments + ["-q"])
    #expect(outcome.code == 0, "\(outcome.error)")
    return RunDirectory(
      path: program.path(String(outcome.output.split(separator: "\n").last ?? "")))
  }

  private func record(_ run: RunDirectory) throws -> RunExplanations {
    try RecordFile.read(RunExplanations.self, from: run.file(RunExplanations.name))
  }

  @Test func picturesThatAreAnsweredWronglyAreExplained() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    try program.write(Self.convolutions, to: "plain.yaml")
    try program.write(Self.convolutions + Self.explained, to: "small.yaml")
    let plain = try await train(program, ["plain.yaml", "name=small"])
    let run = try await train(program, ["small.yaml"])

    let record = try record(run)
    #expect(record.split == "validation" && record.columns == nil)
    #expect(record.pictures.count == 8)
    let manifest = try text(run, Manifest.name)
    #expect(manifest.contains("  \(RunExplanations.name)\n"))
    let report = try text(run, "report.html")
    #expect(report.contains("What the answers depend on"))
    for picture in record.pictures {
      #expect(picture.method == "grad_cam" && picture.layer == "1")
      #expect(manifest.contains("  \(picture.file)\n"))
      #expect(report.contains("validation example \(picture.example)"))
    }
    #expect(report.components(of: "<figure class=\"explained\">") == 8)
    let map = try RecordFile.read(ExampleMap.self, from: run.file(ExampleMap.name))
    #expect(map.grouping == .classes && map.points.count == map.available)
    #expect(!map.pictured.isEmpty)
    for name in [ExampleMap.name, ExampleMap.pictures] {
      #expect(manifest.contains("  \(name)\n"))
    }
    #expect(report.components(of: "<i class=\"p g") == map.points.count)

    // The maps are those of `runner explain`.
    let explained = try await program.run([
      "explain", run.path, "--split", "validation", "--worst", "8", "-o", "why", "--json",
    ])
    #expect(explained.code == 0, "\(explained.error)")
    for picture in record.pictures {
      let name = picture.file.dropFirst(RunExplanations.folder.count + 1)
      #expect(
        try FileReading.bytes(of: run.file(picture.file))
          == FileReading.bytes(of: program.path("why/\(name)")))
    }

    // And the points are those of its map.
    let mapped = try await program.run(["explain", run.path, "--map", "-o", "map"])
    #expect(mapped.code == 0, "\(mapped.error)")
    let csv = try FileReading.bytes(of: program.path("map/map.csv"))
    #expect(String(decoding: csv, as: UTF8.self) == map.csv)

    // Nothing else depends on it, but the run is another one.
    #expect(!plain.isFolder(RunExplanations.folder))
    #expect(try !text(plain, "report.html").contains("What the answers depend on"))
    for name in ["weights/best.safetensors", "weights/last.safetensors", "predictions.csv"] {
      #expect(
        try FileReading.bytes(of: run.file(name)) == FileReading.bytes(of: plain.file(name)))
    }
    #expect(try run.readInfo().identity != plain.readInfo().identity)

    let again = try await program.run(["reproduce", run.path, "--runs-dir", "again"])
    #expect(again.code == 0, "\(again.text)")
  }

  @Test func everyFoldExplainsItsOwnExamples() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    // Without convolutions: integrated gradients.
    let yaml = SmallExperiment.yaml.replacing("lr: 1e-2", with: "lr: 1e-4")
      .replacing("epochs: 3", with: "epochs: 1")
      .replacing("batch_size: 32", with: "batch_size: 32\n  split: {folds: 2}")
    try program.write(yaml + Self.explained, to: "small.yaml")
    let run = try await train(program, ["small.yaml"])
    let report = try text(run, "report.html")
    for fold in 1...2 {
      let record = try record(run.part("fold-\(fold)"))
      #expect(record.split == "validation" && record.pictures.count == 8)
      #expect(record.pictures.allSatisfy { $0.method == "integrated_gradients" })
      // Of each fold as many as of the other.
      #expect(
        report.components(of: "example \(record.pictures[0].example), fold \(fold)<") == 1)
      #expect(report.components(of: ", fold \(fold)</b>") == 4)
    }
    #expect(report.contains("Integrated gradients: the pixel&#39;s share"))
    #expect(report.contains("The map is that of the model of fold 1"))
    #expect(try run.part("fold-2").isFile(ExampleMap.name))
  }

  @Test func mapsOfLabelSetsAreAboutOneLabel() async throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(
      """
      name: figures
      data: {dataset: {digits: figures}, limit: {train: 200, test: 40}, batch_size: 32}
      model: [flatten, linear: 16, relu, linear]
      train: {epochs: 1}
      report: {explain: true}

      """, to: "figures.yaml")
    let run = try await train(program, ["figures.yaml"])
    let map = try RecordFile.read(ExampleMap.self, from: run.file(ExampleMap.name))
    guard case .label(let name, false) = map.grouping else {
      Issue.record("\(map.grouping)")
      return
    }
    #expect(
      try text(run, "report.html").contains("has the label &#39;\(name)&#39;, the most frequent"))
    let labels: [String] = try #require(try run.readData().target).kind.names
    let other = try #require(labels.first { $0 != name })
    let chosen = try await program.run([
      "explain", "latest", "--map", "--label", other, "--json", "-o", "map",
    ])
    #expect(chosen.code == 0, "\(chosen.error)")
    guard
      case .object(let answer) = try JSONText.decode(
        JSONValue.self, from: Array(chosen.output.utf8))
    else { throw TestFailure("no object") }
    #expect(answer["label"] == .string(other), "\(chosen.output.prefix(400))")
    for (words, code, message) in [
      (["--map", "--label", "nothing"], 2, "does not predict 'nothing'"),
      (["--split", "test", "--label", name], 64, "--label belongs to --map"),
    ] {
      let outcome = try await program.run(["explain", "latest"] + words)
      #expect(outcome.code == code && outcome.error.contains(message), "\(outcome.error)")
    }
  }

  @Test func columnsOfATableAreExplained() async throws {
    let program = try Program()
    defer { program.remove() }
    var table = "size,noise,class\n"
    for row in 0..<120 {
      table += "\(row * 37 % 101),\(row * 53 % 89),\(row * 37 % 101 > 50 ? "big" : "small")\n"
    }
    try program.write(table, to: "sizes.csv")
    try program.write(
      """
      name: sizes
      seed: 3
      data:
        dataset: {table: {file: sizes.csv, target: class}}
        batch_size: 16
      model: [linear: 8, relu, linear]
      optimizer: {adam: {lr: 2e-2}}
      train: {epochs: 8}
      report: {explain: true}

      """, to: "sizes.yaml")
    let run = try await train(program, ["sizes.yaml"])
    let columns = try #require(try record(run).columns)
    #expect(columns.score == "accuracy" && columns.higherIsBetter)
    #expect(columns.columns.map(\.name) == ["size", "noise"])
    #expect(columns.columns[0].mean > 0.2)
    #expect(try text(run, "report.html").contains("<th class=\"n\">Drop of accuracy</th>"))
    // As `runner explain` has it.
    let outcome = try await program.run(["explain", run.path, "--json", "-o", "why"])
    #expect(outcome.code == 0, "\(outcome.error)")
    let importances = try FileReading.bytes(of: program.path("why/table-importances.csv"))
    let rows = String(decoding: importances, as: UTF8.self).split(separator: "\n")
    #expect(rows.count == 3 && rows[1].hasPrefix("size,"), "\(rows)")
    let mean = try #require(Double(rows[1].split(separator: ",")[1]))
    #expect(abs(mean - columns.columns[0].mean) < 1e-6)

    // Folds share a table of means.
    let folds = try await train(program, ["sizes.yaml", "data.split={folds: 3}"])
    let report = try text(folds, "report.html")
    #expect(report.contains("means over the models of 3 folds"))
    #expect(report.components(of: "<td class=\"label\">size</td>") == 1)
  }

  @Test func whatCannotBeExplainedIsAnErrorAtItsPlace() async throws {
    let program = try Program()
    defer { program.remove() }
    func array(_ type: String, _ shape: String, _ values: [UInt8]) -> [[UInt8]] {
      let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
      let text = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
      return [[0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(text.utf8), values]
    }
    let numbers = (0..<24_000).map { UInt8($0 * $0 % 251) }
    try AtomicFile.write(array("|u1", "(40, 600)", numbers), to: program.path("x.npy"))
    try AtomicFile.write(
      array("|u1", "(40,)", (0..<40).map { UInt8($0 % 2) }), to: program.path("y.npy"))
    try program.write(
      """
      data:
        dataset: {arrays: {file: ., inputs: x.npy, targets: y.npy}}
        batch_size: 8
      model: [linear: 2]
      report:
        explain: true

      """, to: "wide.yaml")
    let outcome = try await program.run(["check", "wide.yaml"])
    #expect(outcome.code == 2)
    #expect(outcome.error.contains("wide.yaml:6:12: error: 'explain' permutes up to 500 values"))
    #expect(outcome.error.contains("it works for pictures, for tables"))
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
