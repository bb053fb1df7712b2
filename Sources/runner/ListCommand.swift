import ArgumentParser
import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Planning
import Report
import Reporting
import RunListing
import RunRecord

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the runs, newest first, or the trials of a sweep.",
    discussion: """
      Runs that all have the same name are shown with the settings in which they differ.

      NAMES of values, for --columns, --filter and --sort: name, experiment, status, date, ended, epochs, \
      dataset, seed, duration, size, tag, note; scores such as validation.loss or test.f1_macro \
      (validation.score is each run's primary score); settings, named as in overrides: lr, batch_size, \
      optimizer.adam.weight_decay.

      FILTERS compare values with = != < <= > >= and combine them with and, or, not and parentheses:
        runner list --filter 'lr<1e-3 and status=finished'
        runner list --filter 'date>=2026-11-29 and not (tag=broken or size>1GB)'
      An asterisk in a text stands for anything: name='cnn*'. A run without a value fits no comparison \
      with it.
      """)

  private static let standardFolder = "runs"

  @Argument(
    help:
      "A sweep, to list its trials: its directory, a prefix of its name, or 'sweep' for the latest."
  )
  var sweep: String?

  @Option(
    name: .customLong("runs-dir"), help: "The folder of the runs.", completion: .directory)
  var runsDirectory = Self.standardFolder

  @Option(
    help: ArgumentHelp(
      "Shows these values instead of the standard ones: names with commas between them.",
      valueName: "names"))
  var columns: String?

  @Option(
    help: ArgumentHelp(
      "Shows only the runs that a condition selects, such as 'lr<1e-3 and status=finished'.",
      valueName: "condition"))
  var filter: String?

  @Option(help: ArgumentHelp("Shows only runs with this tag.", valueName: "tag"))
  var tag: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Sorts the runs: best, longest, largest or newest first, else from the smallest value on; -NAME from the "
        + "largest on.", valueName: "name"))
  var sort = RunColumn.started.rawValue

  @Flag(help: "Reverses the order.")
  var reverse = false

  @Option(help: ArgumentHelp("Shows only the first N runs.", valueName: "n"))
  var limit: Int?

  @Flag(help: "Prints a JSON array to standard output.")
  var json = false

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1") }
    if let columns, columns.split(separator: ",").isEmpty {
      throw ValidationError("--columns needs at least one name")
    }
  }

  func run() throws {
    var runs = try read()
    let count = runs.runs.count
    let fields = RunFields(runs, mains: Self.mains)
    let chosen = try columns.map { try self.columns($0, fields, runs) }
    let condition = try filter.map { (text) throws(InputError) in try RunFilter(text, fields) }
    condition?.apply(to: &runs)
    runs.runs.removeAll { run in !tag.allSatisfy(run.annotations.tags.contains) }
    let order = count == 0 ? nil : try ListOrder(sort, fields)
    order?.sort(&runs, reverse: reverse)
    if let limit { runs.runs = Array(runs.runs.prefix(limit)) }
    if chosen?.contains(where: { $0.field == .size }) ?? false { runs.measure() }
    if json { return try StandardOutput.write(json: JSONValue.array(Self.json(runs, chosen))) }
    let terminal = StandardOutput.terminal(
      environment: ProcessInfo.processInfo.environment)
    if count == 0 {
      try StandardOutput.write("There are no runs in '\(TerminalText.line(runsDirectory))'.\n")
      return
    }
    let table = RunTable(terminal)
    if let chosen {
      try StandardOutput.write(table.render(runs, columns: chosen))
    } else {
      try StandardOutput.write(
        table.render(
          runs, ofSweep: sweep != nil,
          differing: DifferingSettings(sweep == nil ? runs : ListedRuns([]), fields),
          sortedBy: order?.field ?? .standard(.started)))
    }
    if runs.runs.count < count {
      let what = sweep == nil ? "runs" : "trials"
      try StandardOutput.write(terminal.dim("  \(runs.runs.count) of \(count) \(what)\n"))
    }
    for run in runs.runs { try notes(run.entry, terminal) }
  }

  private func notes(_ entry: RunCatalog.Entry, _ terminal: Terminal) throws {
    if let damage = entry.damage {
      try StandardOutput.write(terminal.yellow("damaged: ") + TerminalText.line(damage) + "\n")
    }
    // Only report what is uncertain: an interrupted run needs no note.
    if entry.status == RunInfo.Status.running.rawValue, let note = entry.statusNote {
      try StandardOutput.write(
        terminal.yellow("\(TerminalText.line(entry.name)): ") + TerminalText.line(note) + "\n")
    }
  }

  /// The runs to list. Before the first run the default directory does not exist, which is not an
  /// error.
  private func read() throws -> ListedRuns {
    if let sweep {
      return ListedRuns(
        try SweepOverview.entries(try RunReference.resolveSweep(sweep, in: runsDirectory)))
    }
    if runsDirectory == Self.standardFolder, !RunCatalog.isFolder(runsDirectory) {
      return ListedRuns([])
    }
    return try ListedRuns(in: runsDirectory)
  }

  /// - Throws: ``InputError`` with the place of every name that no run has.
  private func columns(
    _ text: String, _ fields: RunFields, _ runs: ListedRuns
  ) throws -> [ListColumn] {
    let file = SourceFile(name: "--columns", text: text, kind: .commandLine)
    let diagnostics = DiagnosticCollector()
    var columns: [ListColumn] = []
    var place = 1
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let lead = part.prefix { $0 == " " }.count
      let name = String(part.dropFirst(lead).reversed().drop { $0 == " " }.reversed())
      let start = Position(line: 1, column: place + lead)
      let end = Position(line: 1, column: start.column + name.unicodeScalars.count)
      place += part.unicodeScalars.count + 1
      if name.isEmpty { continue }
      if let field = fields.find(name) {
        columns.append(ListColumn(field, name: name))
      } else if !runs.runs.isEmpty {
        diagnostics.error(
          "no run has a value '\(name)'", at: SourceRange(file: file, start: start, end: end),
          hint: fields.hint(for: name))
      }
    }
    if diagnostics.hasErrors { throw InputError(diagnostics.sorted) }
    return columns
  }

  /// The argument that a component's own name sets, by the component.
  private static var mains: [String: String] {
    let catalog = Catalog.standard
    let pairs = ComponentKind.allCases.flatMap { catalog.all($0) }
      .compactMap { schema in schema.main.map { (schema.name, $0) } }
    return Dictionary(pairs) { first, _ in first }
  }

  private static func json(_ runs: ListedRuns, _ columns: [ListColumn]?) -> [JSONValue] {
    runs.runs.map { run in
      guard case .object(var object) = RunColumn.json(run.entry) else { return .null }
      object["tags"] = .array(run.annotations.tags.map(JSONValue.string))
      if let columns {
        object["columns"] = .object(
          Dictionary(columns.map { ($0.name, $0.json(run, in: runs)) }) { first, _ in first })
      }
      return .object(object)
    }
  }
}
