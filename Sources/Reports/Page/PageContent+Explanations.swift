import ExampleMaps
import ExperimentConfig
import HeatMaps
import RunRecord
import Tasks
import WorkerProtocol

extension PageContent {
  /// The most examples with maps, of all folds or seeds together.
  static let mostExplained = 8

  /// What explains the answers; empty for a run that explains none.
  static func explanations(_ evidence: RunEvidence) -> [Section] {
    let parts = evidence.explanations
    if parts.isEmpty { return [] }
    var blocks = pictures(parts) + columns(parts)
    for part in parts {
      for note in part.record.notes {
        let text = part.name.map { "\(heading($0)): \(note)" } ?? note
        blocks.append(Block(text: [Clipped.text(text, 400)]))
      }
    }
    return [Section(title: ["What the answers depend on"], blocks: blocks)]
  }

  /// `Fold 2` of `fold-2`.
  private static func heading(_ part: String) -> String {
    part.prefix(1).uppercased() + part.dropFirst().replacing("-", with: " ")
  }

  /// The map of examples; empty for a run without one.
  static func map(_ evidence: RunEvidence) -> [Section] {
    guard let examples = evidence.examples else { return [] }
    var blocks = [
      Block(map: [
        ExampleMapView(
          examples.map, hasPictures: examples.pictures != nil,
          more: "'runner explain --map' shows more")
      ])
    ]
    if let name = examples.name {
      let kind = name.prefix { $0 != "-" }
      blocks.insert(
        Block(text: [
          "The map is that of the model of \(name.replacing("-", with: " ")): features of different models cannot be "
            + "compared. Every \(kind) has its own in \(kind)-N/\(ExampleMap.name), and 'runner explain --map --\(kind) N' "
            + "draws it."
        ]), at: 0)
    }
    return [
      Section(
        title: ["Map of the \(Clipped.text(examples.map.split, 20)) examples"], blocks: blocks)
    ]
  }

  // MARK: Pictures

  private static func pictures(_ parts: [RunEvidence.PartExplanations]) -> [Block] {
    // The most notable of every part, then the next.
    let longest = parts.map(\.pictures.count).max() ?? 0
    let all = (0..<longest).flatMap { place in
      parts.filter { place < $0.pictures.count }.map { ($0, $0.pictures[place]) }
    }
    let shown = all.prefix(mostExplained)
    guard let split = shown.first?.0.record.split else { return [] }
    var methods: [ExplanationRequest.Method] = []
    for method in shown.compactMap({ ExplanationRequest.Method(rawValue: $0.1.facts.method) })
    where !methods.contains(method) { methods.append(method) }
    let figures = shown.map { part, picture in
      let facts = picture.facts
      let method =
        ExplanationRequest.Method(rawValue: facts.method).map(ExplanationWords.title)
        ?? facts.method
      let place = part.name.map { ", \($0.replacing("-", with: " "))" } ?? ""
      return Explained(
        address: picture.address,
        name: "\(Clipped.text(split, 20)) example \(facts.example)\(place)",
        lines: [
          Clipped.text(facts.lines.joined(separator: " · "), 200),
          Clipped.text(
            "\(method) for \(facts.explained)" + (facts.layer.map { ", layer \($0)" } ?? ""), 200),
        ].filter { !$0.isEmpty })
    }
    return [
      Block(text: [
        "The \(Clipped.text(split, 20)) examples that the model is most confidently wrong about, or furthest off: "
          + "each as the model sees it, beside a map of the pixels that the score of its answer depends on."
      ]),
      Block(explained: [ExplainedGrid(figures: figures)]),
    ] + methods.map { Block(text: [ExplanationWords.meaning($0)]) } + [
      Block(text: [ExplanationWords.caution])
    ]
  }

  // MARK: Columns

  /// The importance of a column.
  private struct Row {
    var name: String
    var mean: Double
    /// Its interval, or its smallest and largest value.
    var spread: String
  }

  private static func columns(_ parts: [RunEvidence.PartExplanations]) -> [Block] {
    let all = parts.compactMap(\.record.columns)
    guard let first = all.first else { return [] }
    let metric = Clipped.text(first.score.replacing("_", with: " "), 60)
    let fall = first.higherIsBetter ? "Drop" : "Rise"
    let split = Clipped.text(parts[0].record.split, 20)
    let rows: [Row]
    let basis: String
    let spread: String
    if all.count == 1 {
      rows = first.columns.map { column in
        Row(
          name: column.name, mean: column.mean,
          spread: column.interval.map { "\(number($0[0])) to \(number($0[1]))" } ?? "–")
      }
      spread = "95% interval"
      let count = NumberText.grouped(first.examples)
      let examples =
        first.examples < first.available
        ? "\(count) of \(NumberText.grouped(first.available)) examples" : "\(count) examples"
      basis =
        "How much \(first.higherIsBetter ? "lower" : "higher") the \(metric) of \(number(first.value)) becomes "
        + "if a column is permuted: means of \(first.repeats) permutations on \(examples) of the \(split) set, "
        + "with bootstrap intervals over the examples."
    } else {
      rows = means(all)
      spread = "Range"
      let kind = parts[0].name?.prefix { $0 != "-" } ?? "model"
      basis =
        "How much \(first.higherIsBetter ? "lower" : "higher") the \(metric) becomes if a column is permuted: "
        + "means over the models of \(all.count) \(kind)s on their \(split) sets, "
        + "\(first.repeats) permutations each."
    }
    let largest = rows.map { max(0, $0.mean) }.max() ?? 0
    let table = ReportTable(
      heading: ["Column", "\(fall) of \(metric)", spread],
      rows: rows.map { [$0.name, number($0.mean), $0.spread] },
      bars: ReportTable.Bars(
        after: 1, rows.map { largest > 0 ? max(0, $0.mean) / largest : 0 }))
    // Every model has pairs of its own.
    let isRelated = all.contains { !$0.notes.isEmpty }
    let notes =
      all.count == 1
      ? first.notes
      : isRelated
        ? [
          "Columns that say much about each other may seem less important than they are together; 'runner explain' "
            + "names them"
        ] : []
    return [
      Block(text: [basis + " Below 0, the model does better without the column's information."]),
      Block(table: [valueTable(table)]),
    ] + notes.map { Block(text: [Clipped.text($0, 400) + "."]) }
  }

  /// The mean of every column over several models, the largest first, with its smallest and largest value.
  private static func means(_ all: [RunExplanations.Columns]) -> [Row] {
    var values: [String: [Double]] = [:]
    var order: [String] = []
    for column in all.flatMap(\.columns) {
      if values[column.name] == nil { order.append(column.name) }
      values[column.name, default: []].append(column.mean)
    }
    return order.map { name in
      let found = values[name] ?? []
      let mean = found.reduce(0, +) / Double(max(found.count, 1))
      return Row(
        name: name, mean: mean,
        spread: "\(number(found.min() ?? 0)) to \(number(found.max() ?? 0))")
    }.sorted { (-$0.mean, $0.name) < (-$1.mean, $1.name) }
  }

  private static func number(_ value: Double) -> String {
    let text = NumberText.significant(value, 3)
    return text.hasPrefix("-") ? "−" + text.dropFirst() : text
  }
}
