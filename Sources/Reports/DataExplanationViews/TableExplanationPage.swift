import Diagnostics
import ExperimentConfig
import Mustache
import Report
import TableEffects

/// How models use the columns of a table, as one self-contained page without scripts.
package enum TableExplanationPage {
  /// Renders the page as HTML.
  package static func render(_ view: TableExplanationView) throws -> String {
    _ = HTMLText.registered
    do {
      return try MustacheTemplate(string: TableExplanationTemplate.text)
        .render(Root(page: Content(view)))
    } catch {
      throw ProgramFault("the template of the table's page cannot be read: \(error)")
    }
  }

  private struct Root {
    let style = PageStyle.css + "\n" + TableExplanationTemplate.css
    let page: Content
  }

  /// The most outputs that have a drawing of their own.
  static let mostPanels = 4
  /// The most outputs that are drawn at all.
  static let mostOutputs = 8

  struct Content {
    struct Bar {
      var column: String
      /// The beginning and the width of the bar and of the interval, in percent.
      var bar: String
      var whisker: String?
      var isNegative: Bool
      var mean: String
      var deviation: String
      var interval: String
    }

    struct Effect {
      var column: String
      var note: String
      var drawings: [Drawing]
      var keys: [Key]
    }

    struct Drawing {
      var title: String
      var svg: String
    }

    struct Key {
      var style: String
      var name: String
    }

    struct Row {
      var title: String
      var bars: [Bar]
    }

    var title: String
    var facts: [String]
    var warnings: [String]
    var bars: [Bar]
    var importanceHeading: String
    var basis: String
    var associations: [String]
    var effects: [Effect]
    var effectNotes: [String]
    var rows: [Row]
    var rowNotes: [String]
    var hasRows: Bool
    var footer = "Written by runner explain."

    init(_ view: TableExplanationView) {
      let explanation = view.explanation
      title = "How \(view.run) uses its columns"
      facts = [view.dataset, view.split, view.count] + [view.models].compactMap(\.self)
      warnings = view.warnings
      bars = Self.bars(explanation)
      importanceHeading =
        "\(explanation.score.higherIsBetter ? "drop" : "rise") of \(view.metric)"
      basis = view.basis + " Below 0, the model does better without the column's information."
      associations = view.explanation.associationNotes.map { $0 + "." }
      let axis =
        explanation.dependences.first?.averages.joined().allSatisfy { (0...1).contains($0) } == true
        ? "probability" : "prediction"
      effects = explanation.dependences.map { Self.effect($0, axis) }
      effectNotes = Self.effectNotes(explanation)
      rows = explanation.rows.map(Self.row)
      hasRows = !rows.isEmpty
      rowNotes =
        explanation.rows.first.map {
          [
            "A contribution is the answer minus its mean while the column takes the values of \($0.background) training rows. Columns that work together are not told apart, so contributions need not add up."
          ]
        } ?? []
    }

    private static func bars(_ explanation: TableExplanation) -> [Bar] {
      let values = explanation.importances.flatMap {
        [$0.mean, $0.interval?.lower, $0.interval?.upper].compactMap(\.self)
      }
      let low = min(0, values.min() ?? 0)
      let high = max(0, values.max() ?? 0)
      let scale = Scale(low: low, high: high)
      return explanation.importances.map { item in
        Bar(
          column: item.column, bar: scale.span(0, item.mean),
          whisker: item.interval.map { scale.span($0.lower, $0.upper) },
          isNegative: item.mean < 0, mean: TableExplanationView.number(item.mean),
          deviation: TableExplanationView.number(item.deviation),
          interval: item.interval.map {
            "\(TableExplanationView.number($0.lower)) … \(TableExplanationView.number($0.upper))"
          } ?? "")
      }
    }

    private static func effect(_ item: PartialDependence, _ axis: String) -> Effect {
      var outputs = Array(item.outputs.indices)
      // Of two classes, one says everything.
      if axis == "probability", outputs.count == 2 { outputs = [1] }
      let shown = Array(outputs.prefix(mostOutputs))
      let values =
        shown.flatMap { item.averages[$0] }
        + (outputs.count <= mostPanels ? shown.flatMap { item.lines[$0].joined() } : [])
      let range =
        axis == "probability"
        ? 0...1 : (values.min() ?? 0)...(max(values.max() ?? 0, values.min() ?? 0))
      let isSplit = outputs.count <= mostPanels
      let panels = isSplit ? shown.map { [$0] } : [shown]
      var note = ""
      if outputs.count > mostOutputs {
        note = "The first \(mostOutputs) of \(outputs.count) outputs."
      }
      if case .categories(let names) = item.grid {
        let counts = zip(names, item.counts).map { "\($0) \(NumberText.grouped($1))" }
        note += (note.isEmpty ? "" : " ") + "Examples: " + counts.joined(separator: ", ") + "."
      }
      return Effect(
        column: item.column, note: note,
        drawings: panels.map { panel in
          Drawing(
            title: panel.count == 1
              ? (axis == "probability"
                ? "probability of \(item.outputs[panel[0]])" : item.outputs[panel[0]]) : axis,
            svg: DependenceDrawing(
              dependence: item, outputs: panel, range: range, axis: axis
            ).svg)
        },
        keys: isSplit ? [] : shown.map { Key(style: "k\($0 % 8)", name: item.outputs[$0]) })
    }

    private static func effectNotes(_ explanation: TableExplanation) -> [String] {
      guard let first = explanation.dependences.first else { return [] }
      let lines = first.lines.first?.count ?? 0
      var notes = [
        "The thick line is the mean answer while a column takes one value after the other in all \(NumberText.grouped(explanation.examples)) examples and everything else stays (partial dependence); thin lines are single examples, the first \(lines). Numbers go from the 5th to the 95th percentile if they have \(ExplainedTable.mostGridPoints) values or more; ticks at the bottom are deciles."
      ]
      notes.append(
        "It shows what the model does, not what causes what. Where columns are related, some of these combinations never occur."
      )
      let left = explanation.importances.count - explanation.dependences.count
      if left > 0 {
        notes.append(
          "\(left) column\(left == 1 ? " is" : "s are") not shown: those of least importance, or with a single value."
        )
      }
      return notes
    }

    private static func row(_ row: RowExplanation) -> Row {
      let values = row.contributions.map(\.value)
      let scale = Scale(low: min(0, values.min() ?? 0), high: max(0, values.max() ?? 0))
      return Row(
        title:
          "\(row.file), row \(row.row): \(row.output) \(TableExplanationView.number(row.value))",
        bars: row.contributions.sorted { abs($0.value) > abs($1.value) }.map {
          Bar(
            column: $0.column, bar: scale.span(0, $0.value), whisker: nil,
            isNegative: $0.value < 0, mean: TableExplanationView.signed($0.value), deviation: "",
            interval: "")
        })
    }
  }
}

/// Places on a bar chart in percent.
private struct Scale {
  let low: Double
  let high: Double

  /// As a style: where a span begins, and how wide it is.
  func span(_ a: Double, _ b: Double) -> String {
    let whole = high > low ? high - low : 1
    let (first, last) = (min(a, b), max(a, b))
    let left = NumberText.fixed(100 * (first - low) / whole, 2)
    let width = NumberText.fixed(100 * (last - first) / whole, 2)
    return "left:\(left)%;width:\(width)%"
  }
}
