import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Planning
import Reporting
import RunRecord
import Tasks
import Transforms
import WorkerProtocol

/// The predictions of models for image files, as a table, as JSON Lines and as CSV.
struct ImagePredictions {
  /// The maximum number of images in the table.
  private static let shown = 40

  private let models: PredictionModels
  private let answer: PredictionAnswer
  private let top: Int
  private let predictions: Predictions
  private let views: ImageViews?
  /// Whether pictures have the size of the images because they were answered in tiles.
  var isTiled = false

  init(_ models: PredictionModels, _ answer: PredictionAnswer, top: Int, views: ImageViews?) {
    self.views = views
    self.models = models
    self.answer = answer
    self.top = top
    predictions = answer.predictions(models.layout)
  }

  func write(csv path: String?, json: Bool, on terminal: Terminal) throws {
    if let path { try AtomicFile.write([csv], to: path) }
    let overlay = models.task.overlay(predictions, showsTruth: false)
    for row in rows {
      let pictures = AnswerPictures(models, row.source, row.index, isTiled: isTiled)
      if let picture = answer.pictures[row.place] {
        try pictures.write(picture)
      } else if let overlay {
        try pictures.write { overlay($0, row.place) }
      }
    }
    if json {
      try StandardOutput.write(try jsonLines())
    } else if answer.total > 0 {
      try StandardOutput.write(table(terminal))
    }
  }

  /// An error listing the files that could not be read; `nil` if all were read.
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

  /// One image and its row in the predictions.
  private struct Row {
    let source: PredictionSource
    /// The index of the image within its file.
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

  // MARK: The table

  private func table(_ terminal: Terminal) -> String {
    let rows = rows
    let visible = rows.prefix(Self.shown)
    let headings = models.task.answerHeadings(models.layout)
    let hasNext = headings.hasNext && top > 1
    let texts = visible.map { models.task.answer(predictions, $0.place, next: top - 1) }
    let cells = headings.cells.indices.map { column in
      (texts.flatMap { ([$0.cells] + $0.furtherCells).map { TerminalText.width($0[column]) } }
        + [headings.cells[column].count]).max() ?? 0
    }
    // Shorten long paths before the next classes wrap to a second line.
    let cell = (texts.flatMap { $0.next.map(TerminalText.width) }.max() ?? 0) + 2
    let name = visible.map { TerminalText.width(label($0)) }.max() ?? 0
    let fixed = 2 + cells.reduce(0) { $0 + 2 + $1 }
    let onLine = max(1, (terminal.width - fixed - min(name, 20)) / cell)
    let width = max(20, terminal.width - fixed - min(onLine, max(top - 1, 0)) * cell)
    var table = TextTable([.left] + cells.map { _ in .right } + [.left])
    table.add([subject] + headings.cells + [hasNext ? "next" : ""])
    for (row, answer) in zip(visible, texts) {
      let others = hasNext ? answer.next : []
      let lines = stride(from: 0, to: others.count, by: onLine).map {
        others[$0..<min($0 + onLine, others.count)].joined(separator: "  ")
      }
      table.add(
        [Self.shortened(label(row), width)] + answer.cells.map(TerminalText.line)
          + [lines.first ?? ""])
      for line in lines.dropFirst() { table.add([""] + cells.map { _ in "" } + [line]) }
      for part in answer.furtherCells { table.add([""] + part.map(TerminalText.line) + [""]) }
    }
    var text = table.render()
    if rows.count > visible.count {
      text +=
        "  and \(NumberText.grouped(rows.count - visible.count)) more; --json and --csv list all\n"
    }
    return text
  }

  /// What is predicted: an image, or a row of a table.
  private var subject: String {
    models.plan.dataset.dataSchema.largestImage == nil ? "row" : "image"
  }

  private func label(_ row: Row) -> String {
    let name = TerminalText.line(row.source.name)
    return row.source.isNumbered ? "\(name)[\(row.index)]" : name
  }

  /// Cuts off the beginning: the end of a path is more informative.
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
          subject: .string(source.name),
          "error": .object(["file": .string(source.name), "message": .string(problem)]),
        ]
        text += try line(object)
      }
      let warnings = source.warnings + answer.warnings
      for index in 0..<source.count {
        var object = models.task.answer(predictions, place, next: 0).json
        object[subject] = .string(source.name)
        object["warnings"] = .array(warnings.map(JSONValue.string))
        if let views { object["views"] = .string(views.rawValue) }
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
    let headings = models.task.answerHeadings(models.layout)
    let columns = ([subject, "index"] + headings.csv).map(CSVCell.quoted)
    var bytes = Array((columns.joined(separator: ",") + "\n").utf8)
    for row in rows {
      let answer = models.task.answer(predictions, row.place, next: 0)
      for values in [answer.csv] + answer.furtherCSV {
        let cells = [CSVCell.quoted(row.source.name), "\(row.index)"] + values
        bytes += (cells.joined(separator: ",") + "\n").utf8
      }
    }
    return bytes
  }
}
