import Classification
import DataSchema
import Foundation
import Regression
import Tables
import Tasks
import Testing

@testable import TableEffects

/// What Tests/Fixtures/table_effects/make.py wrote.
private struct Golden: Decodable {
  struct Dependence: Decodable {
    let grid: [Double]
    let average: [[Double]]
    /// Of the first two examples, [output, example, value].
    let individual: [[[Double]]]
  }

  let table: [[Double]]
  let mean: [Double]
  let deviation: [Double]
  let weights: [[Double]]
  let bias: [Double]
  let classes: [Int]
  let numbers: [Float]
  let orders: [[Int]]
  let accuracy: Double
  let accuracy_drops: [[Double]]
  let rmse: Double
  let rmse_drops: [[Double]]
  let classifier: [Dependence]
  let regressor: [Dependence]
  let spearman: Double
  let cramer: Double
  let ratio: Double

  static func read() throws -> Golden {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/table_effects/table_effects.json")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }

  /// `size`, `grade`, `kind` and `copy`.
  var columns: [TableColumn] {
    func numbers(_ name: String, _ place: Int) -> TableColumn {
      TableColumn(name, numbers: table[place].map { Float($0) })
    }
    return [
      numbers("size", 0), numbers("grade", 1),
      TableColumn("kind", categories: ["a", "b", "c"], codes: table[2].map { Int32($0) }),
      numbers("copy", 3),
    ]
  }

  /// What the columns become in a vector.
  func fitted() throws -> [FittedColumn] {
    func number(_ name: String, _ place: Int) -> String {
      #"{"name": "\#(name)", "type": "number", "imputation": "error", "scale": {"mean": \#(mean[place]), "deviation": \#(deviation[place])}}"#
    }
    let kind =
      #"{"name": "kind", "type": "category", "imputation": "error", "categories": ["a", "b", "c"], "unseen": []}"#
    let text = "[\(number("size", 0)), \(number("grade", 1)), \(kind), \(number("copy", 3))]"
    return try JSONDecoder().decode([FittedColumn].self, from: Data(text.utf8))
  }

  /// The examples in the rows of a range, answered by the linear model.
  func part(
    _ task: any Task, _ link: ScoreLink, outputs: Int, rows: Range<Int>
  ) throws -> ExplainedTable.Part {
    var vectors: [Float] = []
    for row in rows {
      func scaled(_ place: Int) -> Float {
        let difference: Double = table[place][row] - mean[place]
        return Float(difference / deviation[place])
      }
      vectors.append(scaled(0))
      vectors.append(scaled(1))
      for kind in 0..<3 { vectors.append(kind == Int(table[2][row]) ? 1 : 0) }
      vectors.append(scaled(3))
    }
    let layout = task.layout(link)
    return ExplainedTable.Part(columns: try fitted(), vectors: vectors) { vectors, examples in
      var scores: [Double] = []
      for start in stride(from: 0, to: vectors.count, by: 6) {
        for output in 0..<outputs {
          var score: Double = bias[output]
          for place in 0..<6 { score += Double(vectors[start + place]) * weights[place][output] }
          scores.append(score)
        }
      }
      let indices = examples.map { rows.lowerBound + $0 }
      let targets = indices.map { index -> Float in
        outputs == 1 ? numbers[index] : Float(classes[index])
      }
      return Predictions(
        layout, folds: examples.map { _ in 0 }, indices: indices, targets: targets,
        answers: task.answers(scores, layout), outputs: scores)
    }
  }

  func classification(_ ranges: [Range<Int>] = [0..<150]) throws -> ExplainedTable {
    let task = try #require(
      ClassificationTask(DataField("species", .category(["x", "y", "z"]))))
    return try ExplainedTable(
      ranges.map { try part(task, .softmax, outputs: 3, rows: $0) }, columns: columns, task: task)
  }

  func regression() throws -> ExplainedTable {
    let task = try #require(
      RegressionTask(DataField("mass", .numbers([Quantity("mass", unit: "g")]))))
    return try ExplainedTable(
      [try part(task, .identity, outputs: 1, rows: 0..<150)], columns: columns, task: task)
  }
}

@Suite("Permutation importance")
struct PermutationImportanceTests {
  @Test("of classes is scikit-learn's")
  func ofClasses() throws {
    let golden = try Golden.read()
    let table = try golden.classification()
    let score = try table.score()
    #expect(score.key == "accuracy" && score.higherIsBetter)
    #expect(abs(score.value - golden.accuracy) < 1e-12)
    for column in 0..<4 {
      let found = try table.importance(of: column, orders: golden.orders.map { [$0] })
      for (own, other) in zip(found.drops, golden.accuracy_drops[column]) {
        #expect(abs(own - other) < 1e-12)
      }
      let mean: Double = golden.accuracy_drops[column].reduce(0, +) / 2
      #expect(abs(found.mean - mean) < 1e-12)
    }
  }

  @Test("of numbers is scikit-learn's, and counts a larger error as a drop")
  func ofNumbers() throws {
    let golden = try Golden.read()
    let table = try golden.regression()
    #expect(abs(try table.score().value - golden.rmse) < 1e-6)
    for column in 0..<4 {
      let found = try table.importance(of: column, orders: golden.orders.map { [$0] })
      for (own, other) in zip(found.drops, golden.rmse_drops[column]) {
        #expect(abs(own - other) < 1e-6)
      }
    }
  }

  @Test("has intervals around the mean, and repeats itself exactly")
  func hasIntervals() throws {
    let table = try Golden.read().classification()
    let first = try table.importance(of: 0, repeats: 5)
    let bounds = try #require(first.interval)
    #expect(bounds.lower < first.mean && first.mean < bounds.upper)
    #expect(first.drops.count == 5)
    #expect(Set(first.drops).count > 1)
    #expect(try table.importance(of: 0, repeats: 5) == first)
    // More repetitions begin with the same ones.
    #expect(Array(try table.importance(of: 0, repeats: 7).drops.prefix(5)) == first.drops)
  }

  @Test("exchanges values within each fold only")
  func staysWithinFolds() throws {
    let golden = try Golden.read()
    let whole = try golden.classification()
    let folds = try golden.classification([0..<60, 60..<150])
    #expect(folds.answers.outputs == whole.answers.outputs)
    let orders = [Array(0..<60), Array(0..<90)]
    // Nothing changes places, so nothing changes.
    #expect(try folds.importance(of: 2, orders: [orders]).drops == [0])
    let swapped = [Array((0..<60).reversed()), Array(0..<90)]
    let joined = Array((0..<60).reversed()) + Array(60..<150)
    #expect(
      try folds.importance(of: 0, orders: [swapped]).drops
        == whole.importance(of: 0, orders: [[joined]]).drops)
  }
}

@Suite("Partial dependence")
struct PartialDependenceTests {
  private func compare(
    _ found: PartialDependence, _ golden: Golden.Dependence, tolerance: Double
  ) {
    switch found.grid {
    case .numbers(let values):
      #expect(values.count == golden.grid.count)
      for (own, other) in zip(values, golden.grid) { #expect(abs(own - other) < 1e-6) }
    case .categories(let names):
      let expected: [String] = golden.grid.map { ["a", "b", "c"][Int($0)] }
      #expect(names == expected)
    }
    for (own, other) in zip(found.averages, golden.average) {
      for (a, b) in zip(own, other) { #expect(abs(a - b) < tolerance) }
    }
    for (own, other) in zip(found.lines, golden.individual) {
      for (line, expected) in zip(own, other) {
        #expect(line.count == expected.count)
        for (a, b) in zip(line, expected) { #expect(abs(a - b) < tolerance) }
      }
    }
  }

  @Test("of classes is scikit-learn's: grid, means and single examples")
  func ofClasses() throws {
    let golden = try Golden.read()
    let table = try golden.classification()
    for column in 0..<4 {
      let found = try #require(try table.dependence(on: column, lines: 2))
      #expect(found.outputs == ["x", "y", "z"])
      #expect(found.lines[0].count == 2)
      compare(found, golden.classifier[column], tolerance: 1e-6)
    }
    let kinds = try #require(try table.dependence(on: 2, lines: 0))
    #expect(kinds.counts.reduce(0, +) == 150)
    #expect(kinds.deciles.isEmpty)
    #expect(try #require(try table.dependence(on: 0, lines: 0)).deciles.count == 9)
  }

  @Test("of numbers is scikit-learn's")
  func ofNumbers() throws {
    let golden = try Golden.read()
    let table = try golden.regression()
    for column in 0..<4 {
      let found = try #require(try table.dependence(on: column, lines: 2))
      compare(found, golden.regressor[column], tolerance: 1e-5)
    }
  }

  @Test("leaves out missing values and columns of one value")
  func leavesOutMissingValues() {
    #expect(ExplainedTable.grid(of: [3, 1, 2, 1]) == [1, 2, 3])
    #expect(ExplainedTable.grid(of: [3, 3]) == nil)
    #expect(ExplainedTable.grid(of: []) == nil)
    // Nearly all values are the same, so the percentiles are, too.
    let rare: [Double] = [Double](repeating: 5, count: 5000) + (0..<100).map(Double.init)
    #expect(ExplainedTable.grid(of: rare) == nil)
  }
}

@Suite("Contributions of columns to a row")
struct RowContributionTests {
  @Test("of a linear model are weight times distance from the mean")
  func ofALinearModel() throws {
    let golden = try Golden.read()
    let table = try golden.regression()
    let part = table.parts[0]
    let background = Array(part.vectors.prefix(20 * 6))
    let row = Array(part.vectors[(30 * 6)..<(31 * 6)])
    let found = try #require(
      try table.explanation(of: row, background: background, file: "a.csv", row: 31).first)
    #expect(found.output == "mass" && found.background == 20)
    let places = [[0], [1], [2, 3, 4], [5]]
    for (item, places) in zip(found.contributions, places) {
      var expected = 0.0
      for place in places {
        var mean = 0.0
        for start in 0..<20 { mean += Double(background[6 * start + place]) / 20 }
        expected += golden.weights[place][0] * (Double(row[place]) - mean)
      }
      #expect(abs(item.value - expected) < 1e-6)
    }
    // Contributions of a linear model do add up.
    var sum = 0.0
    for item in found.contributions { sum += item.value }
    var mean = 0.0
    for output in table.answers.outputs.prefix(20) { mean += output / 20 }
    let gap: Double = sum - (found.value - mean)
    #expect(abs(gap) < 1e-6)
  }

  @Test("explain the class that is answered")
  func explainTheAnswer() throws {
    let table = try Golden.read().classification()
    let row = Array(table.parts[0].vectors.prefix(6))
    let found = try table.explanation(
      of: row, background: table.parts[0].vectors, file: "a.csv", row: 1)
    #expect(found.count == 1)
    #expect(found[0].output == ["x", "y", "z"][table.answers.answers[0]])
    #expect(found[0].contributions.map(\.column) == ["size", "grade", "kind", "copy"])
  }
}

@Suite("Associations of columns")
struct ColumnAssociationTests {
  @Test("are SciPy's, and the strong ones are found")
  func areSciPys() throws {
    let golden = try Golden.read()
    let columns = golden.columns
    let numbers = try #require(ColumnAssociation(columns[0], columns[3]))
    #expect(numbers.measure == .spearman)
    #expect(abs(numbers.value - golden.spearman) < 1e-12)
    let codes: [Int32] = golden.table[1].map { Int32($0) - 1 }
    let grade = TableColumn(
      "grade", categories: ["1", "2", "3", "4", "5", "6", "7"], codes: codes)
    let categories = try #require(ColumnAssociation(columns[2], grade))
    #expect(categories.measure == .cramer)
    #expect(abs(categories.value - golden.cramer) < 1e-12)
    let mixed = try #require(ColumnAssociation(columns[0], columns[2]))
    #expect(mixed.measure == .correlationRatio)
    #expect(abs(mixed.value - golden.ratio) < 1e-12)
    let strong = ColumnAssociation.strongPairs(columns)
    #expect(strong.map(\.first) == ["size"])
    #expect(strong.map(\.second) == ["copy"])
    #expect(strong[0].examples == 150)
  }

  @Test("leave out missing values and columns that do not vary")
  func leaveOutMissingValues() throws {
    let a = TableColumn("a", numbers: [1, 2, .nan, 4])
    let b = TableColumn("b", numbers: [2, 4, 0, 8])
    let found = try #require(ColumnAssociation(a, b))
    #expect(found.value == 1 && found.examples == 3)
    #expect(ColumnAssociation(a, TableColumn("c", numbers: [7, 7, 7, 7])) == nil)
    #expect(
      ColumnAssociation(a, TableColumn("k", categories: ["x"], codes: [0, 0, 0, 0])) == nil)
  }
}
