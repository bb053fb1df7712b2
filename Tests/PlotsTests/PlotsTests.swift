import Classification
import DataSchema
import Files
import Foundation
import FoundationXML
import Plots
import RunRecord
import Tasks
import TestSupport
import Testing
import Weights

private let hasGnuplot = ["/usr/bin/gnuplot", "/usr/local/bin/gnuplot"].contains {
  FileManager.default.isExecutableFile(atPath: $0)
}

@Suite struct PlotsTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws { temporary = try TemporaryFolder() }

  /// A finished run of `classes` classes, most of them right.
  private func makeRun(
    _ name: String = "sample", classes: Int = 4, epochs: Int = 3
  ) throws -> RunDirectory {
    let run = RunDirectory(path: "\(folder)/run")
    try AtomicFile.createFolder(run.path)
    let info = RunInfo(
      status: .finished, identity: String(repeating: "a", count: 64), name: name, seed: 1,
      command: [], git: nil,
      dataset: .init(requested: "d", used: "d", fingerprint: "f", origin: "o", files: []),
      weights: nil, versions: .init(libtorch: "2"), host: "h", cpu: "c", cpuCapability: "",
      device: "cpu", threads: 1, warnings: [], started: "")
    try run.write(json: info, to: "run.json")
    let lines = (1...epochs).map { epoch in
      "{\"fold\":0,\"epoch\":\(epoch),\"train_loss\":\(1.0 / Double(epoch)),\"val_loss\":1,"
        + "\"train_accuracy\":0.9,\"val_accuracy\":0.8,\"lr\":\(0.1 / Double(epoch))}\n"
    }
    try run.write(lines.joined(), to: "metrics.jsonl")
    var predictions = PredictionsFile(classes: classes)
    for index in 0..<(10 * classes) {
      let label = index % classes
      let predicted = index % 7 == 0 ? (label + 1) % classes : label
      var row = [Float](repeating: 0.4 / Float(classes), count: classes)
      row[predicted] += 0.6
      predictions.add(
        split: "test", fold: 0, index: index, label: label, predicted: predicted,
        probabilities: row)
    }
    try run.write([predictions.bytes], to: "predictions.csv")
    let values = (0..<(2 * 64)).flatMap { withUnsafeBytes(of: Float($0 % 9) - 4, Array.init) }
    let weights = try SafeTensors.encode([
      .init(name: "0.weight", type: .float32, shape: [2, 64], bytes: values)
    ])
    try run.write(weights, to: "weights/best.safetensors")
    return run
  }

  private var pictures: [NotablePicture] {
    (0..<3).map { index in
      NotablePicture(
        pixels: (0..<192).map { UInt8($0) }, width: 8, height: 8, channels: 3,
        lines: ["true  \(index)", "said  0", "90% sure"])
    }
  }

  private func files(_ run: RunDirectory) throws -> [String: [UInt8]] {
    let names = try FileManager.default.contentsOfDirectory(atPath: run.file("plots"))
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try FileReading.bytes(of: run.file("plots/\($0)"))) })
  }

  @Test(.enabled(if: hasGnuplot)) func everyPlotInBothFormatsAndTheSameAgain() async throws {
    let run = try makeRun()
    var details = Plots.Details(task: ClassificationTask(classes: 10))
    details.notable = pictures
    let outcome = try await Plots.write(for: run, details)
    #expect(outcome.skipped == [])
    let names = [
      "loss", "accuracy", "learning_rate", "confusion_matrix", "confusion_matrix_normalised",
      "per_class", "reliability", "roc", "precision_recall", "mistakes", "first_layer",
    ]
    #expect(outcome.files == names.flatMap { ["plots/\($0).svg", "plots/\($0).png"] })
    let first = try files(run)
    #expect(first.count == outcome.files.count)
    for (name, bytes) in first where name.hasSuffix(".svg") {
      #expect(XMLParser(data: Data(bytes)).parse(), "\(name)")
      #expect(!String(decoding: bytes, as: UTF8.self).contains("Produced by"))
    }
    for (name, bytes) in first where name.hasSuffix(".png") {
      #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]), "\(name)")
    }
    _ = try await Plots.write(for: run, details)
    #expect(try files(run) == first)
  }

  @Test(.enabled(if: hasGnuplot), arguments: [1, 2, 100])
  func anyNumberOfClassesAndEpochs(_ classes: Int) async throws {
    let run = try makeRun(classes: classes, epochs: classes)
    let outcome = try await Plots.write(
      for: run, Plots.Details(task: ClassificationTask(classes: classes)))
    let curves: Set = classes == 1 ? ["roc", "precision_recall"] : []
    #expect(Set(outcome.skipped.map(\.plot)) == curves.union(["mistakes"]))
    for (name, bytes) in try files(run) where name.hasSuffix(".svg") {
      #expect(XMLParser(data: Data(bytes)).parse(), "\(name)")
    }
  }

  @Test(.enabled(if: hasGnuplot)) func hostileNamesAreOnlyDrawn() async throws {
    let mark = "\(folder)/came-through"
    let hostile = [
      "'; system('touch \(mark)'); '", "`touch \(mark)`", "\"; !touch \(mark)",
      "x\nset output '\(mark)'", "' . system('touch \(mark)') . '", "'''; load '\(mark)'",
      "END_OF_DATA\n!touch \(mark)", "</title><script>alert(1)</script>", "<![CDATA[", "&lt; &#60;",
      "{/Symbol=90 a}_{b}^c", "100% %s %n %d", "@HOME $HOME", "\\", "x\\\n", "\u{0}\u{1B}[31m",
      "]]>", "--><x>", "", String(repeating: "é'", count: 3_000),
    ]
    let run = try makeRun(hostile.joined(separator: " "), classes: hostile.count)
    let target = DataField("label", .category(hostile))
    var details = Plots.Details(task: try #require(ClassificationTask(target)))
    details.notable = pictures
    let outcome = try await Plots.write(for: run, details)
    #expect(outcome.skipped == [])
    #expect(!FileManager.default.fileExists(atPath: mark))
    for (name, bytes) in try files(run) where name.hasSuffix(".svg") {
      #expect(XMLParser(data: Data(bytes)).parse(), "\(name)")
      #expect(!String(decoding: bytes, as: UTF8.self).contains("<script"), "\(name)")
    }
  }

  @Test func withoutGnuplotNothingElseFails() async throws {
    let run = try makeRun()
    var details = Plots.Details(task: ClassificationTask(classes: 10))
    details.gnuplot = "there-is-no-such-gnuplot"
    let outcome = try await Plots.write(for: run, details)
    #expect(outcome.files.isEmpty)
    #expect(outcome.skipped.last?.plot == "plots")
    #expect(outcome.skipped.last?.reason == "gnuplot is not installed on this machine")
    #expect(!FileManager.default.fileExists(atPath: run.file("plots")))
  }

  @Test func aGnuplotThatFailsIsAReasonForEachPlot() async throws {
    let run = try makeRun()
    try AtomicFile.write("#!/bin/sh\necho 'a: broken' >&2\nexit 3\n", to: run.file("gnuplot"))
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: run.file("gnuplot"))
    var details = Plots.Details(task: ClassificationTask(classes: 10))
    details.gnuplot = run.file("gnuplot")
    let outcome = try await Plots.write(for: run, details)
    #expect(outcome.files.isEmpty)
    #expect(outcome.skipped.contains { $0.plot == "loss" && $0.reason == "a: broken" })
  }

  @Test func temporaryFilesAreGoneAfterwards() async throws {
    let run = try makeRun()
    var details = Plots.Details(task: ClassificationTask(classes: 10))
    details.temporaryFolder = "\(folder)/temporary"
    try AtomicFile.createFolder("\(folder)/temporary")
    _ = try await Plots.write(for: run, details)
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/temporary") == [])
  }
}
