import ExperimentConfig
import Files
import FoundationEssentials
import Testing

/// Linear models of the Palmer penguins, trained until they converge, score as scikit-learn's on the same folds.
///
/// Without regularisation a logistic regression converges only if its classes overlap. All features together
/// separate the species, so the species is asked of flipper length and mass alone, and the sex of everything.
@Suite(
  .enabled(
    if: ProcessInfo.processInfo.environment["RUNNER_DATA"] != nil,
    "RUNNER_DATA is not set, so there is no penguins.csv to read"))
struct PenguinsTests {
  /// A fold in the golden file, which `Tests/Fixtures/penguins/make.py` writes.
  private struct Fold: Decodable {
    let held_out: [Int]
    let validation: Scores
    let test: Scores
  }

  /// A fold in `summary.json`.
  private struct Result: Decodable {
    let fold: Int
    let validation: Scores
    let test: Scores
  }

  private struct Summary: Decodable { let folds: [Result] }

  /// Accuracy and log loss of a classification, the root of the mean squared error of a regression.
  private struct Scores: Decodable {
    let accuracy: Double?
    let loss: Double?
    let rmse: Double?
  }

  private func experiment(
    _ name: String, target: String, ignore: String, outputs: Int, rate: String, epochs: Int
  ) -> String {
    """
    name: \(name)
    data:
      dataset:
        table:
          file: penguins.csv
          target: \(target)
          split: part
          ignore: \(ignore)
          impute: {numbers: mean, categories: own}
          on_error: skip
      split: {folds: 5}
      batch_size: 400
    model:
      - linear: \(outputs)
    optimizer: {sgd: {lr: \(rate), momentum: 0.95, nesterov: true}}
    train: {epochs: \(epochs)}

    """
  }

  /// Trains on a copy of the table in which every sixth row is for testing, so that the place of each example is known.
  private func check(_ name: String, _ text: String) async throws {
    let program = try Program()
    defer { program.remove() }
    let source = try #require(ProcessInfo.processInfo.environment["RUNNER_DATA"]) + "/penguins.csv"
    let lines = String(decoding: try FileReading.bytes(of: source), as: UTF8.self)
      .split(whereSeparator: \.isNewline)
    var table = "\(lines[0]),part\n"
    for (row, line) in lines.dropFirst().enumerated() {
      table += "\(line),\(row % 6 == 5 ? "test" : "train")\n"
    }
    try program.write(table, to: "penguins.csv")
    try program.write(text, to: "\(name).yaml")
    let run = try await program.run(["\(name).yaml", "-q"])
    #expect(run.code == 0, "\(run.error)")
    let directory = program.path(String(run.output.split(separator: "\n").last ?? ""))

    let goldens = try JSONText.decode(
      [String: [Fold]].self,
      from: try FileReading.bytes(
        of: Program.repository + "/Tests/Fixtures/penguins/penguins.json"))
    let expected = try #require(goldens[name])
    let summary = try JSONText.decode(
      Summary.self, from: try FileReading.bytes(of: directory + "/summary.json"))
    try #require(summary.folds.count == expected.count)
    let held = try heldOut(directory + "/predictions.csv")
    for (result, golden) in zip(summary.folds, expected) {
      #expect(held[result.fold]?.sorted() == golden.held_out, "other folds than the golden's")
      for (scores, wanted) in [(result.validation, golden.validation), (result.test, golden.test)] {
        if let rmse = wanted.rmse {
          #expect(abs(try #require(scores.rmse) / rmse - 1) < 1e-3)
        } else {
          #expect(abs(try #require(scores.accuracy) - #require(wanted.accuracy)) < 1e-3)
          #expect(abs(try #require(scores.loss) - #require(wanted.loss)) < 1e-3)
        }
      }
    }
  }

  /// The rows that each fold holds out.
  private func heldOut(_ path: String) throws -> [Int: [Int]] {
    let rows = String(decoding: try FileReading.bytes(of: path), as: UTF8.self)
      .split(separator: "\n")
    try #require(rows.first?.hasPrefix("split,fold,index,") == true)
    var held: [Int: [Int]] = [:]
    for row in rows {
      let cells = row.split(separator: ",", omittingEmptySubsequences: false)
      guard cells[0] == "validation" else { continue }
      held[try #require(Int(cells[1])), default: []].append(try #require(Int(cells[2])))
    }
    return held
  }

  @Test func sexOfAllFeatures() async throws {
    try await check(
      "sex",
      experiment("sex", target: "sex", ignore: "[year]", outputs: 2, rate: "1.0", epochs: 400))
  }

  @Test func speciesOfTheSize() async throws {
    try await check(
      "size",
      experiment(
        "size", target: "species", ignore: "[year, island, sex, bill_length_mm, bill_depth_mm]",
        outputs: 3, rate: "1.0", epochs: 800))
  }

  @Test func bodyMass() async throws {
    try await check(
      "mass",
      experiment(
        "mass", target: "body_mass_g", ignore: "[year]", outputs: 1, rate: "0.05", epochs: 400))
  }
}
