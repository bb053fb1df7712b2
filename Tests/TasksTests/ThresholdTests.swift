import DataSchema
import ExperimentConfig
import OrderedCollections
import Tasks
import Testing

@testable import MultiLabel

/// Thresholds against scikit-learn's precision_recall_curve; Tests/Fixtures/tasks/make_thresholds.py made the
/// values.
struct ThresholdTests {
  struct Case: Decodable {
    let targets: [Float]
    let logits: [Double]
    let f1: Double
    /// Every threshold above this one has the F1; `nil` if every lower one has it too.
    let lower: Double?
    let upper: Double
  }

  private func task(_ count: Int, fits: Bool = true) throws -> MultiLabelTask {
    let task = try #require(
      MultiLabelTask(DataField("labels", .labelSet((0..<count).map { "l\($0)" }))))
    let options = Arguments([
      "thresholds": Resolved(.string(fits ? "validation" : "fixed"), .default)
    ])
    return try #require(try task.configured(options) as? MultiLabelTask)
  }

  private func predictions(
    _ task: any Task, _ targets: [Float], _ outputs: [Double], _ link: ScoreLink = .sigmoid,
    folds: [Int]? = nil
  ) -> Predictions {
    let layout = task.layout(link)
    let count = targets.count / layout.targets.count
    return Predictions(
      layout, folds: folds ?? Array(repeating: 0, count: count), indices: Array(0..<count),
      targets: targets, answers: task.answers(outputs, layout), outputs: outputs)
  }

  /// A task of two labels with these thresholds.
  private func fitted(_ first: Double, _ second: Double) throws -> any Task {
    try task(2).fitted(
      asRecorded: Array(
        """
        {"examples": 4, "labels": [{"label": "l0", "threshold": \(first)},
        {"label": "l1", "threshold": \(second)}], "models": 1}
        """.utf8))
  }

  @Test func theHighestF1IsScikitLearns() throws {
    let cases = try taskFixture([Case].self, "thresholds.json")
    #expect(cases.count >= 60)
    var kept = 0
    for (number, item) in cases.enumerated() {
      let unfitted = try task(1)
      let fitted = unfitted.fitted(to: predictions(unfitted, item.targets, item.logits))
      let row = try #require((fitted as? MultiLabelTask)?.thresholds?.labels.first)
      #expect(abs(try #require(row.f1) - item.f1) <= 1e-12, "case \(number)")
      #expect(row.threshold <= item.upper + 1e-12, "case \(number)")
      if let lower = item.lower {
        #expect(row.threshold > lower, "case \(number)")
        // Away from both neighbours, unless that is where 0.5 is.
        let middle = (lower + item.upper) / 2
        let isStandard = lower < 0.5 && 0.5 <= item.upper
        #expect(abs(row.threshold - (isStandard ? 0.5 : middle)) < 1e-12, "case \(number)")
        kept += isStandard ? 1 : 0
      }
      let decided = LabelReport(
        unfitted, fitted.deciding(predictions(unfitted, item.targets, item.logits)))
      #expect(abs(decided.labels[0].f1 - item.f1) <= 1e-12, "case \(number)")
    }
    #expect(kept > 3 && kept < cases.count / 2)
  }

  @Test func ofEquallyGoodThresholdsTheOneNearestToOneHalfIsTaken() {
    func best(_ examples: [(Double, Bool)]) -> Double {
      ThresholdSearch.best(examples.map { (probability: $0.0, isTrue: $0.1) }).threshold
    }
    #expect(best([(0.9, true), (0.1, false)]) == 0.5)
    #expect(abs(best([(0.9, true), (0.7, false)]) - 0.8) < 1e-12)
    #expect(abs(best([(0.3, true), (0.1, false)]) - 0.2) < 1e-12)
    #expect(best([(0.3, true)]) == 0.3)
    // F1 is 2/3 with the first alone, and again with all four.
    #expect(best([(0.9, true), (0.8, false), (0.3, true), (0.3, false)]) == 0.3)
    #expect(
      abs(best([(0.02, false), (0.58, false), (0.02, true), (0.6, true)]) - 0.59) < 1e-12)
    #expect(best([(0.5.nextUp, true), (0.5, false)]) == 0.5.nextUp)
  }

  @Test func aLabelWithoutExamplesKeepsOneHalf() throws {
    let task = try task(2)
    let table = predictions(task, [1, 0, 1, 0], [-1, 2, -1, -2])
    let fitted = try #require(task.fitted(to: table) as? MultiLabelTask)
    let thresholds = try #require(fitted.thresholds)
    #expect(thresholds.examples == 2 && thresholds.models == 1)
    #expect(thresholds.labels[1].threshold == 0.5 && thresholds.labels[1].f1 == nil)
    #expect(thresholds.labels[0].threshold < 0.3 && thresholds.labels[0].f1 == 1)
    let broken = try #require(
      task.fitted(to: predictions(task, [1, 1], [.nan, 1])) as? MultiLabelTask)
    #expect(broken.thresholds?.values == [0.5, 0.5])
  }

  @Test func eachLabelIsDecidedByItsOwn() throws {
    let task = try fitted(0.9, 0.2)
    // The logits of 0.8 and 0.3, about.
    let outputs = [1.4, -0.85, 2.3, -1.5]
    #expect(task.answers(outputs, task.layout(.sigmoid)) == [0, 1, 1, 0])
    #expect(task.answers([0.9, 0.2, 0.89, 0.19], task.layout(.identity)) == [1, 1, 0, 0])
    #expect(try self.task(2).answers(outputs, task.layout(.sigmoid)) == [1, 0, 1, 0])
  }

  @Test func severalModelsDecideByTheMeanOfTheirThresholds() throws {
    let members = [try fitted(0.9, 0.2), try fitted(0.5, 0.4)]
    let together = try #require(try task(2).combined(members) as? MultiLabelTask)
    #expect(together.thresholds?.models == 2)
    #expect(together.thresholds?.values.map { ($0 * 10).rounded() } == [7, 3])
    let tables = [1.0, 0.7].map { predictions(members[0], [1, 1], [$0, -$0]) }
    #expect(together.average(tables).answers == [0, 1])
    // One alone keeps what it is, and models without a fit decide as ever.
    #expect(
      (try task(2).combined([members[0]]) as? MultiLabelTask)?.thresholds?.values == [0.9, 0.2])
    #expect(
      (try task(2).combined([task(2), task(2)]) as? MultiLabelTask)?.thresholds == nil)
  }

  @Test func whatIsRecordedIsReadBack() throws {
    let unfitted = try task(2)
    #expect(unfitted.fittedOption == "thresholds")
    #expect(try unfitted.fittedRecord() == nil)
    let table = predictions(unfitted, [1, 0, 1, 1, 0, 1], [-0.3, 2, 0.7, -1.5, -2, 0.1])
    let fitted = unfitted.fitted(to: table)
    let record = try #require(try fitted.fittedRecord())
    #expect(record.name == "thresholds.json")
    let again = try unfitted.fitted(asRecorded: record.bytes)
    #expect(try again.fittedRecord() == record)
    for damaged in [
      "", "{}", #"{"models": 1, "labels": []}"#,
      String(decoding: record.bytes, as: UTF8.self).replacing("l1", with: "l2"),
    ] {
      #expect(throws: FittedRecordProblem.self) {
        try unfitted.fitted(asRecorded: Array(damaged.utf8))
      }
    }
  }

  @Test func reportsSayWhichThresholdsDecided() throws {
    let fitted = try fitted(0.9, 0.2)
    let table = predictions(fitted, [1, 0, 1, 1], [-0.3, 2, 0.7, -1.5])
    func labels(_ predictions: Predictions, _ split: String) throws -> ReportTable {
      let report = fitted.report(RunAnswers(predictions: [split: predictions]))
      guard case .table(let table) = try #require(report.sections.first?.blocks.first) else {
        throw FittedRecordProblem("the first block is no table")
      }
      return table
    }
    let rows = try labels(table, "test")
    #expect(rows.heading.last == "Threshold" && rows.rows.map(\.last) == ["0.900", "0.200"])
    #expect(fitted.policy.contains("optimistic"))
    let multiLabel = try #require(fitted as? MultiLabelTask)
    #expect(LabelReport(multiLabel, table).threshold == nil)
    // Answers of several folds have no common threshold.
    let pooled = predictions(fitted, [1, 0, 1, 1], [-0.3, 2, 0.7, -1.5], folds: [1, 2])
    #expect(try labels(pooled, "validation").heading.last == "Predicted")
    // Without a fit all is as it was.
    let plain = try task(2, fits: false)
    #expect(plain.fittedOption == nil && LabelReport(plain, table).threshold == 0.5)
    #expect(plain.fitted(to: table).answers([0, -1], table.layout) == [1, 0])
    let json = String(
      decoding: try JSONText.encode(LabelReport(plain, table)), as: UTF8.self)
    #expect(json.ranges(of: "threshold").count == 1)
    #expect(!plain.policy.contains("optimistic"))
    let answer = fitted.answer(table, 0, next: 0)
    #expect(answer.json["thresholds"] == ["l0": 0.9, "l1": 0.2])
    #expect(plain.answer(table, 0, next: 0).json["thresholds"] == nil)
  }
}
