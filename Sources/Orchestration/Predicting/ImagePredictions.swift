import Diagnostics
import ExperimentConfig
import Files
import Metrics
import Reporting
import RunRecord

/// What models say of image files: as a table, as JSON lines, as CSV.
struct ImagePredictions {
  /// Images that the table shows.
  private static let shown = 40

  private let models: PredictionModels
  private let answer: PredictionAnswer
  private let top: Int

  init(_ models: PredictionModels, _ answer: PredictionAnswer, top: Int) {
    self.models = models
    self.answer = answer
    self.top = top
  }

  func write(csv path: String?, json: Bool, on terminal: Terminal) throws {
    if let path { try AtomicFile.write([csv], to: path) }
    if json {
      try StandardOutput.write(try jsonLines())
    } else if answer.total > 0 {
      try StandardOutput.write(table(terminal))
    }
  }

  /// The files that could not be read, `nil` if all could.
  var error: InputError? {
    let problems = answer.unreadable.map { "\($0.name): \($0.problem ?? "")" }
    guard let first = problems.first else { return nil }
    if answer.sources.count == 1 { return InputError(first) }
    let notes = problems.map { Diagnostic.note($0, at: nil) }
    return InputError([
      Diagnostic(
        .error, "\(problems.count) of \(answer.sources.count) files cannot be read", at: nil,
        notes: notes)
    ])
  }

  /// One image with its place in the answer.
  private struct Row {
    let source: PredictionSource
    /// Within the file.
    let index: Int
    let place: Int
  }

  private var rows: [Row] {
    var rows: [Row] = []
    for source in answer.sources {
      for index in 0..<source.count {
        rows.append(Row(source: source, index: index, place: rows.count))
      }
    }
    return rows
  }

  /// Rounded to 32 bits, as `predictions.csv` has them.
  private func probabilities(_ row: Row) -> [Float] {
    let range = (row.place * models.classes)..<((row.place + 1) * models.classes)
    return models.link.probabilities(Array(answer.scores[range]), classes: models.classes)
      .map(Float.init)
  }

  /// Classes from the most likely on; of equal ones the first, except that the prediction leads.
  private func ranking(_ row: Row) -> [(label: Int, value: Float)] {
    let values = probabilities(row)
    let predicted = answer.predictions[row.place]
    return values.indices.map { ($0, values[$0]) }.sorted { left, right in
      if left.1 != right.1 { return left.1 > right.1 }
      if left.0 == predicted || right.0 == predicted { return left.0 == predicted }
      return left.0 < right.0
    }
  }

  // MARK: The table

  private func table(_ terminal: Terminal) -> String {
    let rows = rows
    let visible = rows.prefix(Self.shown)
    let value = models.givesProbabilities ? "probability" : "output"
    let heads = ["class", value, top > 1 ? "next" : ""]
    // A long path is shortened before the next classes go to a second line.
    let cell = (visible.flatMap { next($0).map(TerminalText.width) }.max() ?? 0) + 2
    let name = visible.map { TerminalText.width(label($0)) }.max() ?? 0
    let fixed = 2 + 2 + heads[0].count + 2 + 11
    let onLine = max(1, (terminal.width - fixed - min(name, 20)) / cell)
    let width = max(20, terminal.width - fixed - min(onLine, max(top - 1, 0)) * cell)
    var table = TextTable([.left, .right, .right, .left])
    table.add(["image"] + heads)
    for row in visible {
      let first = ranking(row)[0]
      let others = next(row)
      let lines = stride(from: 0, to: others.count, by: onLine).map {
        others[$0..<min($0 + onLine, others.count)].joined(separator: "  ")
      }
      table.add(
        [
          Self.shortened(label(row), width), "\(answer.predictions[row.place])",
          text(first.value), lines.first ?? "",
        ])
      for line in lines.dropFirst() { table.add(["", "", "", line]) }
    }
    var text = table.render()
    if rows.count > visible.count {
      text +=
        "  and \(NumberText.grouped(rows.count - visible.count)) more; --json and --csv give all\n"
    }
    return text
  }

  /// The classes behind the first, such as `9  0.61 %`.
  private func next(_ row: Row) -> [String] {
    let items = ranking(row)[1..<min(max(top, 1), models.classes)]
    return items.map { "\($0.label) \(text($0.value))" }
  }

  private func text(_ value: Float) -> String {
    guard models.givesProbabilities else { return NumberText.fixed(Double(value), 4) }
    let percent = NumberText.fixed(Double(value) * 100, 2) + " %"
    return String(repeating: " ", count: max(0, 7 - percent.count)) + percent
  }

  private func label(_ row: Row) -> String {
    let name = TerminalText.line(row.source.name)
    return row.source.isNumbered ? "\(name)[\(row.index)]" : name
  }

  /// Cut at its beginning: the end of a path says more.
  private static func shortened(_ text: String, _ width: Int) -> String {
    if TerminalText.width(text) <= width { return text }
    var kept = Substring(text)
    while TerminalText.width(String(kept)) > width - 1 { kept.removeFirst() }
    return "…" + kept
  }

  // MARK: Files

  private func jsonLines() throws -> String {
    var text = ""
    var place = 0
    for source in answer.sources {
      if let problem = source.problem {
        let object: [String: JSONValue] = [
          "image": .string(source.name),
          "error": .object(["file": .string(source.name), "message": .string(problem)]),
        ]
        text += try line(object)
      }
      let warnings = source.warnings + answer.warnings
      for index in 0..<source.count {
        let row = Row(source: source, index: index, place: place)
        let values = probabilities(row)
        let predicted = answer.predictions[place]
        var object: [String: JSONValue] = [
          "image": .string(source.name), "predicted": .integer(predicted),
          "probabilities": .array(values.map { .number($0.asWritten) }),
          "probability": .number(values[predicted].asWritten),
          "warnings": .array(warnings.map(JSONValue.string)),
        ]
        if source.isNumbered { object["index"] = .integer(index) }
        text += try line(object)
        place += 1
      }
    }
    return text
  }

  private func line(_ object: [String: JSONValue]) throws -> String {
    String(decoding: try JSONText.encode(JSONValue.object(object)), as: UTF8.self) + "\n"
  }

  private var csv: [UInt8] {
    let classes = (0..<models.classes).map { "p\($0)" }.joined(separator: ",")
    var bytes = Array("image,index,predicted,\(classes)\n".utf8)
    for row in rows {
      let values = probabilities(row).map { "\($0)" }.joined(separator: ",")
      bytes +=
        "\(Self.quoted(row.source.name)),\(row.index),\(answer.predictions[row.place]),\(values)\n"
        .utf8
    }
    return bytes
  }

  /// RFC 4180: a cell that would break the table stands in quotation marks.
  private static func quoted(_ cell: String) -> String {
    guard cell.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return cell }
    return "\"" + cell.replacing("\"", with: "\"\"") + "\""
  }
}

extension Float {
  /// The double with the same shortest decimal, as `predictions.csv` writes it.
  fileprivate var asWritten: Double { Double("\(self)") ?? Double(self) }
}
