import DataSchema
import Foundation
import MultiLabel
import Segmentation
import Tasks
import Testing

@testable import Regression

/// What cards say about calibration, against scikit-learn and NumPy (Tests/Fixtures/calibration/make.py).
@Suite struct CalibrationTests {
  private struct Golden: Decodable {
    struct Labels: Decodable {
      let logits: [[Double]]
      let has: [[Int]]
      let errors, frequencies, means: [Double]
    }

    struct Numbers: Decodable {
      let targets, predictions: [Double]
      let bias, deviation, slope: Double
      let widths: [String: Double]
    }

    let labels: Labels
    let numbers: Numbers

    static func read() throws -> Golden {
      let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/calibration/calibration.json")
      return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    }
  }

  private func tables(_ blocks: [ReportBlock]) -> [ReportTable] {
    blocks.compactMap { if case .table(let table) = $0 { table } else { nil } }
  }

  private func text(_ blocks: [ReportBlock]) -> String {
    blocks.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined(separator: "\n")
  }

  // MARK: Labels

  private func labels() throws -> (MultiLabelTask, Predictions, Golden.Labels) {
    let golden = try Golden.read().labels
    let task = try #require(MultiLabelTask(DataField("labels", .labelSet(["a", "b", "c"]))))
    let rows = golden.has.count
    return (
      task,
      Predictions(
        task.layout(.sigmoid), folds: Array(repeating: 0, count: rows), indices: Array(0..<rows),
        targets: golden.has.flatMap { $0.map(Float.init) },
        answers: golden.logits.flatMap { $0.map { $0 >= 0 ? 1 : 0 } },
        outputs: golden.logits.flatMap { $0 }), golden
    )
  }

  @Test func labelsAreThoseOfScikitLearn() throws {
    let (task, predictions, golden) = try labels()
    let blocks = task.calibration(predictions, split: "test")
    let found = tables(blocks)
    try #require(found.count == 2)
    for label in 0..<3 {
      let numbers = [golden.frequencies[label], golden.means[label], golden.errors[label]]
      #expect(found[0].rows[label] == [task.labels[label]] + numbers.map { Insight.percent($0, 2) })
    }
    for label in 0..<3 {
      let bins = CalibrationBins(
        (0..<predictions.count).map { predictions.probabilities(at: $0)[label] },
        golden.has.map { $0[label] == 1 })
      #expect(abs(bins.error() - golden.errors[label]) < 1e-12)
    }
    // All labels together.
    let counts = found[1].rows.compactMap { Int($0[1]) }
    #expect(counts.reduce(0, +) == 3 * predictions.count)
    #expect(text(blocks).contains("over the 240 predictions for the test set"))
    #expect(
      text(blocks).contains(
        "its mean over the labels is \(Insight.percent(golden.errors.reduce(0, +) / 3, 2))."))
  }

  @Test func outputsThatAreNoProbabilitiesHaveNoCalibration() throws {
    let (task, predictions, _) = try labels()
    let plain = Predictions(
      task.layout(.identity), folds: predictions.folds, indices: predictions.indices,
      targets: predictions.targets, answers: predictions.answers, outputs: predictions.outputs)
    #expect(task.calibration(plain, split: "test").isEmpty)
    var broken = predictions
    broken.outputs[4] = .nan
    #expect(task.calibration(broken, split: "test").isEmpty)
  }

  // MARK: Numbers

  private func numbers() throws -> (RegressionTask, Predictions, Golden.Numbers) {
    let golden = try Golden.read().numbers
    let task = try #require(
      RegressionTask(DataField("mass", .numbers([Quantity("mass", unit: "g")]))))
    let rows = golden.targets.count
    return (
      task,
      Predictions(
        task.layout(.identity), folds: Array(repeating: 0, count: rows), indices: Array(0..<rows),
        targets: golden.targets.map(Float.init), answers: [], outputs: golden.predictions), golden
    )
  }

  @Test func residualsAreThoseOfNumPy() throws {
    let (task, predictions, golden) = try numbers()
    let spread = ResidualSpread(golden.predictions, golden.targets)
    #expect(abs(spread.bias - golden.bias) < 1e-12)
    #expect(abs(try #require(spread.deviation) - golden.deviation) < 1e-12)
    #expect(abs(try #require(spread.slope) - golden.slope) < 1e-12)
    for share in [0.5, 0.9, 0.95] { #expect(spread.halfWidth(share) == golden.widths["\(share)"]) }
    let blocks = task.calibration(predictions, split: "validation")
    let found = tables(blocks)
    try #require(found.count == 2)
    #expect(found[0].rows.count == 1 && found[0].rows[0][0] == "mass, g")
    #expect(found[1].rows.count == 5)
    #expect(found[1].rows.compactMap { Int($0[1]) } == [48, 48, 48, 48, 48])
    #expect(text(blocks).contains("240 predictions for the validation set"))
    #expect(text(blocks).contains("split conformal prediction"))
  }

  @Test func halfWidthsNeedEnoughExamples() {
    // ⌈0.9 · 10⌉ = 9 of nine, but ⌈0.9 · 9⌉ = 9 of eight.
    #expect(
      ResidualSpread((1...9).map(Double.init), Array(repeating: 0, count: 9)).halfWidth(0.9) == 9)
    #expect(
      ResidualSpread((1...8).map(Double.init), Array(repeating: 0, count: 8)).halfWidth(0.9) == nil)
    let one = ResidualSpread([3], [1])
    #expect(one.deviation == nil && one.slope == nil && one.bias == 2)
    #expect(one.halfWidth(0.5) == 2)
  }

  @Test func groupsCoverEveryExampleOnce() {
    let predictions: [Double] = (0..<23).map { Double($0 * 7 % 23) }
    let targets: [Double] = (0..<23).map { Double($0 % 5) }
    let spread = ResidualSpread(predictions, targets)
    let groups = spread.groups(5, within: 4)
    #expect(groups.map(\.count).reduce(0, +) == 23)
    #expect(
      zip(groups, groups.dropFirst()).allSatisfy { $0.range.upperBound < $1.range.lowerBound })
    let covered = zip(predictions, targets).count { abs($0 - $1) <= 4 }
    let found = groups.reduce(0.0) { $0 + $1.covered * Double($1.count) }
    #expect(Int(found.rounded()) == covered)
  }

  @Test func answersOfSeveralModelsAreNotCalledIndependent() throws {
    var (task, predictions, _) = try numbers()
    predictions.append(predictions)
    task = try #require(RegressionTask(task.target))
    let words = text(task.calibration(predictions, split: "test"))
    #expect(words.contains("Several models answered the same examples"))
    #expect(!words.contains("conformal"))
  }

  // MARK: Masks

  @Test func areasOfClassesAreCompared() throws {
    let task = try #require(
      SegmentationTask(DataField("mask", .mask(["road", "sky", "never"], ignore: 255))))
    // Road has 60 pixels, 45 of them found; sky has 40, 30 of them found.
    let predictions = Predictions(
      task.layout(.identity), folds: [0], indices: [0], targets: [60, 40, 0, 9], answers: [],
      outputs: [45, 15, 0, 10, 30, 0, 0, 0, 0])
    let blocks = task.calibration(predictions, split: "test")
    #expect(
      tables(blocks).first?.rows == [
        ["road", "60.00%", "55.00%", "0.917"], ["sky", "40.00%", "45.00%", "1.125"],
        ["never", "0.00%", "0.00%", "–"],
      ])
    #expect(
      text(blocks).contains("100 pixels of the test set")
        && text(blocks).contains("not its probability"))
    #expect(task.calibration(predictions.selecting([]), split: "test").isEmpty)
  }
}
