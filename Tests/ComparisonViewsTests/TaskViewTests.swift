import Comparison
import ComparisonFixtures
import DataSchema
import Diagnostics
import ExperimentConfig
import MultiLabel
import Regression
import Report
import Reporting
import RunRecord
import Tasks
import TestSupport
import Testing

@testable import ComparisonViews

/// What tasks say of a comparison, as text, page and JSON.
@Suite struct TaskViewTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func terminal(_ width: Int = 80) -> Terminal {
    Terminal(environment: [:], isTerminal: true, columns: { width }, sink: { _ in })
  }

  private func plain(_ text: String) -> String { text.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") }

  private func text(_ diff: RunDiff, _ width: Int = 80) -> String {
    plain(DiffText(terminal(width), DiffOptions(examples: 3)).render(diff))
  }

  /// The part of a text from one heading to the next empty line.
  private func section(_ heading: String, _ text: String) throws -> [String] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let start = try #require(lines.firstIndex(of: heading), "\(text)")
    return Array(lines[(start + 1)...].prefix { !$0.isEmpty })
  }

  private func classes() throws -> RunDiff {
    var other = SyntheticRun()
    other.skill = 0.6
    other.luck = 2
    return RunDiff(
      try SyntheticRun().write(folder.path, "a"), try other.write(folder.path, "b"))
  }

  private func regressions(loss: String = "mse", number: Int = 0) throws -> RunDiff {
    let task = try #require(
      RegressionTask(DataField("numbers", .numbers([Quantity("slant", unit: "degrees")]))))
    func run(
      _ name: String, _ loss: String, _ number: Int, _ output: (Int) -> Double
    ) throws
      -> RunDirectory
    {
      let predictions = Predictions(
        task.layout(.identity), folds: (0..<30).map { _ in 0 }, indices: Array(0..<30),
        targets: (0..<30).map { Float($0) }, answers: [],
        outputs: (0..<30).map { Double($0) + output($0) })
      return try SyntheticAnswers(
        task: task, loss: loss, lossNumber: number, predictions: ["test": predictions]
      ).write(folder.path, name)
    }
    return RunDiff(
      try run("a", "mse", 0) { _ in 1 },
      try run("b", loss, number) { $0 == 7 ? 4 : $0 % 3 == 0 ? -1 : 0.5 })
  }

  private func labelSets() throws -> RunDiff {
    let task = try #require(MultiLabelTask(DataField("labels", .labelSet(["cat", "dog"]))))
    func run(_ name: String, _ answer: (Int) -> [Int]) throws -> RunDirectory {
      let answers = (0..<30).flatMap(answer)
      let predictions = Predictions(
        task.layout(.sigmoid), folds: (0..<30).map { _ in 0 }, indices: Array(0..<30),
        targets: (0..<30).flatMap { [Float($0 % 2), 1] }, answers: answers,
        outputs: answers.map { Double(2 * $0 - 1) })
      return try SyntheticAnswers(
        task: task, loss: "bce_with_logits", predictions: ["test": predictions]
      ).write(folder.path, name)
    }
    return RunDiff(
      try run("a") { [$0 % 2, $0 % 5 == 0 ? 0 : 1] },
      try run("b") { [$0 % 3 == 0 ? 0 : 1, 1] })
  }

  // MARK: Classes

  @Test func flippedExamplesAndClassesReadAsBefore() throws {
    let text = text(try classes())
    let (classes, flips) = (
      try section("Classes, test set", text), try section("Flipped examples, test set", text)
    )
    #expect(classes == Self.classLines)
    #expect(flips == Self.flipLines)
  }

  @Test func theKeysOfClassesAreAsBefore() throws {
    let json = DiffJSON.make(try classes(), DiffOptions(examples: 3))
    #expect(
      json.object.keys.sorted() == [
        "a", "b", "classes", "code", "configuration", "curves", "data", "environment", "flipped",
        "same", "scores", "split", "timings", "verdict", "weights",
      ])
    #expect(json["classes"]?["split"] == "test")
    let row = try #require(json["classes"]?["classes"]?.list.first)
    #expect(
      row.object.keys.sorted() == [
        "a", "b", "class", "name", "only_a_right", "only_b_right", "p_holm", "support",
      ])
    #expect(row["a"]?.object.keys.sorted() == ["f1", "precision", "recall"])
    #expect(row["class"] == 0 && row["name"] == "0" && row["support"] == 100)
    let flipped = try #require(json["flipped"]?["test"])
    #expect(
      flipped.object.keys.sorted() == ["count", "examples", "of", "only_a_right", "only_b_right"])
    let example = try #require(flipped["examples"]?.list.first)
    #expect(
      example.object.keys.sorted() == [
        "a", "a_probability", "b", "b_probability", "fold", "index", "kind", "label",
      ])
    #expect(json["flipped"]?.object.keys.sorted() == ["test", "validation"])
  }

  /// A task's keys stand there even if its runs do not compare.
  @Test func withoutCommonExamplesTheKeysAreEmpty() throws {
    var other = SyntheticRun()
    other.fingerprint = "beef"
    let diff = RunDiff(
      try SyntheticRun().write(folder.path, "a"), try other.write(folder.path, "b"))
    let json = DiffJSON.make(diff, DiffOptions())
    #expect(json["classes"] == .null && json["flipped"] == .object([:]))
  }

  @Test func matricesAndTheirDifferencesReadAsBefore() throws {
    let diff = try classes()
    let comparison = RunComparison([diff.a.run, diff.b.run])
    let text = plain(CompareText(terminal(120)).render(comparison))
    let matrices = try section(
      "Confusion matrices, test set: A, B, B − A; rows are true classes", text)
    #expect(matrices == Self.matrixLines)
    #expect(text.contains("\nF1 of each class, test set\n  0  A  0.8808  ━"))
    let page = try ComparePage.render(comparison)
    #expect(page.contains("<h2>F1 of each class, test set</h2>"))
    #expect(page.contains("<h2>Confusion matrices, test set</h2>"))
    #expect(page.contains("<h3>B − A</h3>") && page.contains("title=\"0 taken for 1\""))
  }

  // MARK: Numbers

  @Test(arguments: [72, 80, 100]) func targetsFitTheTerminal(_ width: Int) throws {
    for diff in [try regressions(), try labelSets()] {
      for line in text(diff, width).split(separator: "\n") {
        #expect(TerminalText.width(String(line)) <= width, "\(line)")
      }
    }
  }

  @Test func targetsStandInATable() throws {
    let text = text(try regressions())
    let targets = try section("Targets, test set", text)
    #expect(
      targets[0].split(separator: " ").joined(separator: " ")
        == "target RMSE A RMSE B B − A MAE A B A/B closer p")
    let row = targets[1].split(separator: " ").joined(separator: " ")
    #expect(row.hasPrefix("slant, degrees 1.0000 1.0") && row.contains(" 1/19 "), "\(row)")
    let changed = try section("Largest changes in error, test set", text)
    let words = changed.map { $0.split(separator: " ").joined(separator: " ") }
    #expect(
      words[...3] == [
        "20 of 30 test examples are predicted differently: 1 closer in A, 19 in B",
        "example target A B", "7 7.0000 8.0000 11.0000 A closer by 3.0000",
        "1 1.0000 2.0000 1.5000 B closer by 0.5000",
      ])
  }

  @Test func targetsAreOnThePageAndInJSON() throws {
    let diff = try regressions()
    let page = try DiffPage.render(diff, DiffOptions(examples: 3))
    #expect(page.contains("<h2>Targets, test set</h2>"))
    #expect(page.contains("<th class=\"n\">RMSE A</th>"))
    #expect(page.contains("<h2>Largest changes in error, test set</h2>"))
    let json = DiffJSON.make(diff, DiffOptions(examples: 3))
    #expect(json["classes"] == nil && json["flipped"] == nil)
    let row = try #require(json["targets"]?["targets"]?.list.first)
    #expect(row["name"] == "slant" && row["unit"] == "degrees")
    #expect(row["a"]?["mae"] == .number(1) && row["a_closer"] == 1 && row["b_closer"] == 19)
    let changed = try #require(json["most_changed"]?["test"])
    #expect(changed["count"] == 20 && changed["of"] == 30)
    #expect(changed["examples"]?.list.map { $0["index"] } == [7, 1, 2])
  }

  @Test func lossesOfTwoFunctionsAreNotSubtracted() throws {
    let diff = try regressions(loss: "mae", number: 1)
    let reason = "The losses are not comparable: A was trained with mse, B with mae."
    let text = text(diff)
    let scores = try section("Test scores", text)
    let loss = try #require(scores.first { $0.hasPrefix("  loss ") })
    #expect(loss.split(separator: " ") == ["loss", "1.0000", "0.7833", "–"])
    let said = scores.joined(separator: " ").split(separator: " ").joined(separator: " ")
    #expect(said.hasSuffix(reason), "\(said)")
    #expect(try DiffPage.render(diff, DiffOptions()).contains(reason))
    let rows = try #require(DiffJSON.make(diff, DiffOptions())["scores"]?["test"])
    #expect(
      rows["note"] == "the losses are not comparable: A was trained with mse, B with mae")
    let row = try #require(rows["scores"]?.list.first { $0["key"] == "loss" })
    #expect(row["difference"] == .null && row["b_better"] == .null && row["test"] == .null)
    let comparison = RunComparison([diff.a.run, diff.b.run])
    let warning = plain(CompareText(terminal()).render(comparison))
    #expect(
      warning.contains("! the losses are not comparable: A was trained with mse, B with mae\n"))
  }

  // MARK: Label sets

  @Test func labelsStandInATable() throws {
    let diff = try labelSets()
    let text = text(diff)
    let labels = try section("Labels, test set", text)
    #expect(
      labels[0].split(separator: " ").joined(separator: " ")
        == "label AP A AP B B − A F1 A B only A/B right p")
    let rows = labels.dropFirst().map { $0.split(separator: " ").map(String.init) }
    #expect(rows.map { $0[0] } == ["cat", "dog"])
    // A names every cat; B misses one in three and sees cats in other pictures.
    #expect(rows[0][1] == "1.0000" && rows[0].contains("15/0") && rows[1].contains("0/6"))
    let changed = try section("Most changed labels, test set", text)
    #expect(changed.contains { $0.contains("only A right on cat, only B right on dog") })
    let page = try DiffPage.render(diff, DiffOptions())
    #expect(page.contains("<h2>Labels, test set</h2>"))
    #expect(page.contains("AP is the average precision; p is from McNemar&#39;s"))
    let json = DiffJSON.make(diff, DiffOptions())
    #expect(json["labels"]?["labels"]?.list.first?["only_a_right"] == 15)
    #expect(json["most_changed"]?["test"]?["examples"]?.list.first?["only_a_right"] == ["cat"])
  }
}

/// What version 0.1 wrote for the same two runs of four classes.
extension TaskViewTests {
  private static let classLines = [
    "  class    F1 A    F1 B    B − A  recall A       B  only A/B right         p",
    "  0      0.8808  0.5473  −0.3336    0.8500  0.5500            35/5  < 0.0001",
    "  3      0.8844  0.5588  −0.3256    0.8800  0.5700            38/7  < 0.0001",
    "  2      0.9020  0.5846  −0.3173    0.9200  0.5700            41/6  < 0.0001",
    "  1      0.9118  0.6000  −0.3118    0.9300  0.6000            35/2  < 0.0001",
  ]
  private static let flipLines = [
    "  169 of 400 test examples are predicted differently: only A is right on 149,",
    "  only B on 20, neither on 0",
    "  example  label  A          B",
    "      198      2  2 (88.5%)  3 (88.3%)  only A right",
    "       47      3  2 (86.5%)  3 (88.4%)  only B right",
    "      268      0  2 (86.0%)  0 (87.9%)  only B right",
    "  and 166 more examples; --all shows them",
  ]
  private static let matrixLines = [
    "      0   1   2   3        0   1   2   3         0    1    2    3",
    "  0  85   2   6   7    0  55  16  13  16    0  −30  +14   +7   +9",
    "  1   4  93   1   2    1  14  60  12  14    1  +10  −33  +11  +12",
    "  2   1   5  92   2    2  14  12  57  17    2  +13   +7  −35  +15",
    "  3   3   4   5  88    3  18  12  13  57    3  +15   +8   +8  −31",
  ]
}
