import Comparison
import ComparisonFixtures
import DataSchema
import Detection
import Diagnostics
import ExperimentConfig
import Report
import Reporting
import RunRecord
import Tasks
import TestSupport
import Testing

@testable import ComparisonViews

/// What a comparison says of two runs that find boxes, and the report of one.
@Suite struct BoxViewTests {
  private let folder: TemporaryFolder
  private let task: DetectionTask

  init() throws {
    folder = try TemporaryFolder()
    task = try #require(
      DetectionTask(
        DataField("boxes", .boxes(BoxClasses(["cat", "dog"], ids: [1, 2], most: 2)))))
  }

  /// Of 24 images with a cat and a dog each; the cat is found, the dog lies beside its place.
  private func run(_ name: String, shift: (Int) -> Double) throws -> RunDirectory {
    let items = [
      ImageBoxes.Item(label: 0, x: 10, y: 10, width: 40, height: 40),
      ImageBoxes.Item(label: 1, x: 100, y: 60, width: 50, height: 50),
    ]
    let predictions = Predictions(
      task.layout(.identity), folds: (0..<24).map { _ in 0 }, indices: Array(0..<24),
      targets: (0..<24).flatMap { _ in ImageBoxes(width: 200, height: 150, items).row(2) },
      answers: [],
      outputs: (0..<24).flatMap { row in
        FoundBoxes.row(
          [
            FoundBox(score: 0.9, label: 0, x: 11, y: 10, width: 40, height: 40),
            FoundBox(
              score: 0.5 + Double(row) / 100, label: 1, x: 100 + shift(row), y: 60, width: 50,
              height: 50),
          ].sorted { $0.score > $1.score }, most: 100)
      })
    return try SyntheticAnswers(
      task: task, loss: "fcos", predictions: ["test": predictions]
    ).write(folder.path, name)
  }

  private func plain(_ text: String) -> String { text.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") }

  @Test func classesAndImagesAreCompared() throws {
    let diff = RunDiff(
      try run("a") { $0 % 2 == 0 ? 40 : 8 }, try run("b") { $0 % 2 == 0 ? 4 : 8 })
    let terminal = Terminal(environment: [:], isTerminal: true, columns: { 100 }, sink: { _ in })
    let text = plain(DiffText(terminal, DiffOptions(examples: 3)).render(diff))
    #expect(text.contains("paired bootstrap"), "\(text)")
    #expect(text.contains("mAP@50"))
    #expect(text.contains("AP@50"))
    #expect(text.contains("dog"))
    #expect(text.contains("A has the higher F1 in 0, B in 12"), "\(text)")
    #expect(text.contains("1 right, 1 wrong"))
  }

  @Test func theReportHasTablesOfClassesSizesAndMistakes() throws {
    let page = try ReportPage.write(for: run("a") { $0 % 2 == 0 ? 40 : 8 })
    let text = try folder.text("a/report.html")
    #expect(!page.isEmpty)
    for part in [
      "Classes, test set", "Sizes, test set", "Kinds of mistakes, test set", "badly placed",
      "Confusion of classes",
    ] {
      #expect(text.contains(part), "\(part)")
    }
  }
}
