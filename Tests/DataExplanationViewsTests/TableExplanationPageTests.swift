import ExperimentConfig
import Report
import TableEffects
import Testing

@testable import DataExplanationViews

@Suite("Explanations of tables as text, page, CSV and JSON")
struct TableExplanationPageTests {
  /// As it comes from a worker.
  private static func dependence(
    _ column: String, _ grid: PartialDependence.Grid, outputs: Int
  ) throws -> PartialDependence {
    struct Fields: Encodable {
      let column: String
      let grid: PartialDependence.Grid
      let outputs: [String]
      let averages: [[Double]]
      let lines: [[[Double]]]
      let deciles: [Double]
      let counts: [Int]
    }
    let line = (0..<grid.count).map { Double($0) / Double(grid.count) }
    var counts: [Int] = []
    if case .categories = grid { counts = [5, 7] }
    let fields = Fields(
      column: column, grid: grid, outputs: (0..<outputs).map { "class \($0)" },
      averages: Array(repeating: line, count: outputs),
      lines: Array(repeating: [line, line], count: outputs), deciles: [], counts: counts)
    return try JSONText.decode(PartialDependence.self, from: JSONText.encode(fields))
  }

  private static func view(outputs: Int = 3) throws -> TableExplanationView {
    let explanation = TableExplanation(
      examples: 12, available: 30,
      score: ExplainedTable.Score(key: "f1_macro", value: 0.8, higherIsBetter: true), repeats: 2,
      importances: [
        PermutationImportance(
          column: "bill <mm>", drops: [0.2, 0.4],
          interval: PermutationImportance.Bounds(lower: 0.1, upper: 0.45)),
        PermutationImportance(column: "sex", drops: [-0.1, -0.1], interval: nil),
      ],
      associations: [],
      dependences: [
        try dependence("bill <mm>", .numbers([1, 2, 4, 8]), outputs: outputs),
        try dependence("sex", .categories(["f", "m"]), outputs: outputs),
      ],
      rows: [
        RowExplanation(
          file: "new.csv", row: 1, output: "class 0", value: 0.75,
          contributions: [
            RowExplanation.Contribution(column: "bill <mm>", value: 0.25),
            RowExplanation.Contribution(column: "sex", value: -0.5),
          ], background: 200)
      ])
    return TableExplanationView(
      run: "penguins", dataset: "table", split: "validation", models: "fold 2",
      explanation: explanation, warnings: [])
  }

  @Test("the page shows bars, a drawing for each output and rows")
  func pageShowsEverything() throws {
    let page = try TableExplanationPage.render(Self.view())
    #expect(page.contains(MarkedPage.explanation.mark) && !page.contains("<script"))
    #expect(page.contains("bill &lt;mm&gt;") && !page.contains("bill <mm>"))
    // Three outputs of two columns.
    #expect(page.ranges(of: "<svg").count == 6)
    #expect(page.contains("drop of f1 macro"))
    // From −0.1 to 0.45: the mean 0.3 begins at 0.1 / 0.55.
    #expect(page.contains("left:18.18%;width:54.55%"))
    #expect(page.contains("Examples: f 5, m 7."))
    #expect(page.contains("new.csv, row 1: class 0 0.75"))
    let two = try TableExplanationPage.render(Self.view(outputs: 2))
    // Of two classes, the second says everything.
    #expect(two.ranges(of: "<svg").count == 2 && two.contains("probability of class 1"))
    let many = try TableExplanationPage.render(Self.view(outputs: 6))
    #expect(many.ranges(of: "<svg").count == 2 && many.ranges(of: "class=\"entry\"").count == 12)
  }

  @Test("the text has the mean, the deviation and the interval")
  func textHasNumbers() throws {
    let text = try Self.view().text
    #expect(text.contains("12 of 30 examples · fold 2"))
    #expect(text.contains("bill <mm>               0.3   0.1    0.1 … 0.45"))
    #expect(text.contains("−0.1"))
    #expect(text.contains("new.csv · row 1 · class 0: 0.75"))
  }

  @Test("CSV and JSON have every value")
  func filesHaveEveryValue() throws {
    let view = try Self.view()
    #expect(
      view.importanceCSV.hasPrefix("column,mean,standard_deviation,lower,upper\nbill <mm>,0.3"))
    #expect(view.dependenceCSV.split(separator: "\n").count == 1 + 3 * 4 + 3 * 2)
    #expect(view.json["metric"] == "validation.f1_macro")
    guard case .array(let dependences)? = view.json["partial_dependences"],
      case .object(let first)? = dependences.first
    else {
      Issue.record("no dependences")
      return
    }
    #expect(first["values"] == [1.0, 2.0, 4.0, 8.0])
  }
}
