import Classification
import Datasets
import ExperimentConfig
import Files
import FoundationEssentials
import RunRecord
import Tasks
import TestSupport
import Testing

/// Classes that the training, or what a model is measured on, has no example of.
@Suite struct ClassCoverageTests {
  /// Noise with a brighter half, whose labels are given.
  private func write(
    _ folder: String, _ program: Program, train: [UInt8], test: [UInt8]
  ) throws {
    let path = program.path(folder)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (prefix, labels, salt) in [("train", train, 0), ("t10k", test, 5000)] {
      let pixels = labels.enumerated().flatMap { index, label in
        (0..<64).map { place in
          let word = UInt32(index + salt) &* 2_654_435_761 &+ UInt32(place) &* 40_503
          return UInt8(truncatingIfNeeded: word >> 13) / 2 + (place % 4 == Int(label) ? 100 : 0)
        }
      }
      try IDX.write(
        IDXArray(shape: [labels.count, 8, 8], bytes: pixels),
        to: "\(path)/\(prefix)-images-idx3-ubyte")
      try IDX.write(
        IDXArray(shape: [labels.count], bytes: labels), to: "\(path)/\(prefix)-labels-idx1-ubyte")
    }
  }

  private static let yaml = """
    name: coverage
    seed: 7
    data:
      dataset:
        idx: {folder: data, classes: 4, height: 8, width: 8}
      batch_size: 16
    model: [flatten, linear: 4]
    train: {epochs: 2}
    metrics: [accuracy, f1, roc_auc, log_loss, confusion_matrix]

    """

  private func program(test: [UInt8]) throws -> Program {
    let program = try Program()
    let train = (0..<120).map { UInt8($0 % 3) }
    try write("data", program, train: train, test: test)
    try program.write(Self.yaml, to: "coverage.yaml")
    return program
  }

  /// As scikit-learn computes it.
  private func macroF1(_ table: Predictions) -> Double {
    let classes = Set(table.labels + table.answers)
    return classes.map { label in
      let right = table.labels.indices.count {
        table.labels[$0] == label && table.answers[$0] == label
      }
      let all = table.labels.count { $0 == label } + table.answers.count { $0 == label }
      return 2 * Double(right) / Double(all)
    }.reduce(0, +) / Double(classes.count)
  }

  @Test func aTestClassWithoutTrainingExamplesIsNamedBeforeTheTraining() async throws {
    let program = try program(test: (0..<30).map { UInt8(1 + $0 % 3) })
    defer { program.remove() }
    let outcome = try await program.run(["coverage.yaml"])
    #expect(outcome.code == 0, "\(outcome.error)")
    let text = "class 3 has no training example, although 10 of 30 test examples have it"
    let warned = try #require(outcome.error.firstRange(of: text))
    let trained = try #require(outcome.error.firstRange(of: "epoch"))
    #expect(warned.lowerBound < trained.lowerBound)
    let run = RunDirectory(path: try #require(program.runs().first))
    #expect(try run.readInfo().warnings.contains { $0.contains(text) })
    let page = String(decoding: try FileReading.bytes(of: run.file("report.html")), as: UTF8.self)
    #expect(page.contains(text))
    #expect(page.contains("The test set has no examples of ‘0’"))

    let summary = try run.readSummary()
    #expect(summary.withoutExamples == ["test": [0], "validation": [3]])
    let table = try #require(try run.readPredictions()["test"])
    #expect(abs(try #require(summary.test["f1_macro"]) - macroF1(table)) < 1e-12)
    let report = String(
      decoding: try FileReading.bytes(of: run.file("classification_report_validation.txt")),
      as: UTF8.self)
    #expect(report.contains("No examples, never predicted (in no average): 3"))
    #expect(outcome.output.contains("the test set has no examples of class 0"))
  }

  @Test func aModelOfMoreClassesThanTheDataIsScoredByThoseThatOccur() async throws {
    let program = try program(test: (0..<30).map { UInt8($0 % 3) })
    defer { program.remove() }
    #expect(try await program.run(["coverage.yaml", "-q"]).code == 0)
    try write(
      "few", program, train: [0, 1], test: (0..<40).map { UInt8($0 % 2) })
    let outcome = try await program.run([
      "predict", "latest", "--dataset", "idx", "--folder", "few", "--csv", "few.csv", "--json",
    ])
    #expect(outcome.code == 0, "\(outcome.error)")
    guard
      case .object(let object) = try JSONText.decode(
        JSONValue.self, from: Array(outcome.output.utf8)),
      case .object(let metrics)? = object["metrics"], case .number(let own)? = metrics["f1_macro"]
    else { throw TestFailure(outcome.output) }
    let bytes = try FileReading.bytes(of: program.path("few.csv"))
    let table = try #require(try PredictionsFile.parse(bytes, path: "few.csv")["test"])
    #expect(abs(own - macroF1(table)) < 1e-12)
    #expect(object["classes_without_examples"] == [2, 3])
  }

  /// Groups keep a class out of the training part of one fold.
  @Test func everyFoldIsLookedAt() async throws {
    let program = try Program()
    defer { program.remove() }
    try write(
      "data", program, train: (0..<120).map { $0 < 20 ? 3 : UInt8($0 % 3) },
      test: (0..<30).map { UInt8($0 % 4) })
    try program.write(Self.yaml, to: "coverage.yaml")
    try program.write(
      (0..<120).map { "\($0 < 20 ? 0 : 1 + $0 % 5)\n" }.joined(), to: "groups.txt")
    let outcome = try await program.run([
      "coverage.yaml", "data.split={folds: 2, stratified: false, groups: groups.txt}",
    ])
    #expect(outcome.code == 0, "\(outcome.error)")
    let run = RunDirectory(path: try #require(program.runs().first))
    let warnings = try run.readInfo().warnings
    let found = warnings.filter { $0.contains("class 3 has no training example") }
    #expect(found.count == 2, "\(warnings)")
    #expect(found.contains { $0.contains("although 20 of") && $0.contains("validation examples") })
    #expect(Set(found.map { $0.prefix(7) }).count == 1 && found[0].hasPrefix("fold "))

    // The ensemble's scores are those of the averaged probabilities, in double precision.
    let tables = try (1...2).map {
      try #require(try RunDirectory(path: run.file("fold-\($0)")).readPredictions()["test"])
    }
    let together = try #require(try run.readPredictions()["test"])
    let (first, second) = (tables[0].probabilities, tables[1].probabilities)
    for (place, p) in together.probabilities.enumerated() {
      #expect(abs(p - (first[place] + second[place]) / 2) < 1e-14)
    }
    let summary = try run.readSummary()
    let losses = together.pooled.logLosses
    let mean = losses.reduce(0, +) / Double(losses.count)
    #expect(abs(try #require(summary.test["log_loss"]) - mean) < 1e-12)
  }
}
