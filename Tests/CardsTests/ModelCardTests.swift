import Cards
import ComparisonFixtures
import DataSchema
import Detection
import Diagnostics
import ExperimentConfig
import Files
import MultiLabel
import Regression
import RunRecord
import Segmentation
import Tasks
import TestSupport
import Testing

@Suite struct ModelCardTests {
  private static let kinds: [FieldKind] = [
    .labelSet(["red|dark", "*green*", "<b>blue</b>"]),
    .numbers([Quantity("slant", unit: "degrees"), Quantity("width")]),
    .mask(["road", "sky"], ignore: 255),
    .boxes(BoxClasses(["cell", "dust"], ids: [], most: 5)),
  ]

  private static func task(_ kind: FieldKind) -> (any Task)? {
    let field = DataField("it", kind)
    let types: [any Task.Type] = [
      MultiLabelTask.self, RegressionTask.self, SegmentationTask.self, DetectionTask.self,
    ]
    return types.lazy.compactMap { $0.init(field) }.first
  }

  /// Every table has as many cells in each row as in its heading.
  private static func checkTables(_ text: String) {
    var columns: Int?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("|") else {
        columns = nil
        continue
      }
      let cells = line.replacing("\\|", with: "").count { $0 == "|" } - 1
      #expect(columns == nil || columns == cells, "\(line)")
      columns = columns ?? cells
    }
  }

  @Test(arguments: kinds)
  func everyTaskHasACard(kind: FieldKind) throws {
    let task = try #require(Self.task(kind))
    let folder = try TemporaryFolder()
    let answers = try SyntheticAnswers(
      task: task.recording(for: []), loss: type(of: task).defaultLoss,
      predictions: ["test": task.rightAnswers])
    let run = try answers.write(folder.path, "answers")
    try ModelCard.write(for: run)
    let text = String(decoding: try run.bytes(of: ModelCard.name), as: UTF8.self)
    #expect(
      text.hasPrefix("# Model card: \(MarkdownText.escaped(task.name.replacing("_", with: " ")))"))
    for heading in [
      "## Model details", "## Uses", "### Scores\n",
      "### Scores of each \(type(of: task).comparison.part)", "## Limitations", "## Reproduction",
    ] {
      #expect(text.contains(heading), "\(heading)")
    }
    for name in task.partNames { #expect(text.contains(MarkdownText.escaped(name)), "\(name)") }
    Self.checkTables(text)
    // Neither times nor places nor numbers that are none.
    for word in ["2026", folder.path, "nan", "Optional"] {
      #expect(!text.contains(word), "\(word)")
    }
    // Of numbers and masks; the right answers of the others are no probabilities.
    let isCalibrated = !task.calibration(task.rightAnswers, split: "test").isEmpty
    #expect(isCalibrated == ["regression", "segmentation"].contains(type(of: task).name))
    #expect(text.contains("### Calibration") == isCalibrated)
    try Manifest.write(for: run)
    #expect(try ModelCard.text(of: run) == text)
  }

  @Test func faultsOfTheDataAreNamed() throws {
    let folder = try TemporaryFolder()
    let task = try #require(Self.task(Self.kinds[0]))
    let run = try SyntheticAnswers(
      task: task, loss: type(of: task).defaultLoss, predictions: ["test": task.rightAnswers]
    ).write(folder.path, "answers")
    var data = try run.readData()
    data.warnings = ["3 of 10 test images are also training images, pixel by pixel"]
    data.notes = ["2 rows are left out because the target is missing"]
    data.leftOut = DataRecord.LeftOut([.init(path: "cat/a_1.jpg", reason: "is truncated")])
    data.hasCopies = true
    data.sets = [
      .init(
        name: "train", examples: 9, balance: TargetBalance(counts: [.init("examples", [7, 2, 0])])),
      .init(
        name: "test", examples: 10, balance: TargetBalance(counts: [.init("examples", [4, 3, 3])])),
    ]
    try run.write(json: data, to: DataRecord.name)
    let text = try ModelCard.text(of: run)
    for line in [
      "> **Warning:** 3 of 10 test images are also training images, pixel by pixel.",
      "The run used 9 training and 10 test examples.", "| \\*green\\* | 2 | 3 |",
      "- 2 rows are left out because the target is missing.",
      "- 1 file was left out, because they cannot be read: cat/a\\_1.jpg (is truncated).",
    ] {
      #expect(text.contains(line), "\(line)\n\(text)")
    }
    #expect(!text.contains("No validation or test image has exactly"))
    data.hasCopies = false
    try run.write(json: data, to: DataRecord.name)
    #expect(try ModelCard.text(of: run).contains("No validation or test image has exactly"))
  }

  @Test func foldsHaveNoIntervalsOfRepeatedAnswers() throws {
    let folder = try TemporaryFolder()
    var synthetic = SyntheticRun()
    synthetic.foldScores = [0.9, 0.8, 0.85]
    let run = try synthetic.write(folder.path, "folds")
    let text = try ModelCard.text(of: run)
    #expect(text.contains("There are no intervals: several models answered the same examples"))
    #expect(text.contains("**Models:** 3, one for each fold."))
    synthetic.foldScores = []
    let single = try ModelCard.text(of: try synthetic.write(folder.path, "single"))
    #expect(single.contains("Intervals: 95%, bootstrap over 400 examples."))
    #expect(single.contains("### Calibration"))
    Self.checkTables(single)
  }

  @Test func onlyFinishedUneditedRunsHaveACard() throws {
    let folder = try TemporaryFolder()
    var synthetic = SyntheticRun()
    let run = try synthetic.write(folder.path, "run")
    try ModelCard.write(for: run)
    try Manifest.write(for: run)
    #expect(throws: Never.self) { try ModelCard.text(of: run) }
    let card = try run.bytes(of: ModelCard.name)
    try run.write([card + Array("It is perfect.\n".utf8)], to: ModelCard.name)
    #expect(throws: InputError.self) { try ModelCard.text(of: run) }
    try run.write([card], to: ModelCard.name)
    let predictions = try run.bytes(of: "predictions.csv")
    try run.write([Array(predictions.dropLast(2))], to: "predictions.csv")
    #expect(throws: InputError.self) { try ModelCard.text(of: run) }
    synthetic.status = "failed"
    #expect(throws: InputError.self) {
      try ModelCard.text(of: try synthetic.write(folder.path, "failed"))
    }
  }
}
