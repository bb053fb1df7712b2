import ArgumentParser
import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Orchestration
import Reporting

struct MigrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate",
    abstract: "Brings experiment files of earlier versions up to date, and checks their runs.",
    discussion: """
      Earlier versions allowed two kinds of names that now mean something else: a node with the name of the data \
      set's input (name: image), and a block with the name of a layer that is new, such as pad. In experiment files \
      they are renamed, with all references to them; comments and everything else stay as they are. Files are \
      replaced atomically; a second time changes nothing.

      Run and sweep directories are never changed: those of every earlier version are read as they are. Their \
      records and hashes are checked.

        runner migrate experiments runs --dry-run
        runner migrate experiments/cnn.yaml

      Exit codes: 0 up to date, or migrated; 1 with --dry-run, a file would change, or a run cannot be used by this \
      version; 2 something is wrong or damaged.
      """)

  @Argument(
    help: ArgumentHelp(
      "Experiment files, runs, sweeps, or folders of them.", valueName: "path"),
    completion: .file())
  var paths: [String]

  @Flag(
    name: .customLong("dry-run"),
    help: "Shows the changes as a diff and writes nothing.")
  var dryRun = false

  @Option(
    name: .customLong("runs-dir"), help: "The folder of the runs that experiments refer to.",
    completion: .directory)
  var runsDirectory = "runs"

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  func run() throws {
    let environment = ProcessInfo.processInfo.environment
    let terminal = Terminal(environment: environment)
    var results: [JSONValue] = []
    var isClean = true
    var failures: [CommandFailure] = []
    for target in try paths.flatMap({ try MigrationTarget.all(at: $0) }) {
      do {
        let result = try migrate(target, environment)
        isClean = isClean && result.isClean
        if json { results.append(result.json) } else { try StandardOutput.write(result.text) }
      } catch {
        // The others are migrated all the same.
        guard let failure = CommandFailure(error) else { throw error }
        failures.append(failure)
        if !json { failure.report(on: terminal, asJSON: false) }
      }
    }
    if json { try StandardOutput.write(json: JSONValue.object(["results": .array(results)])) }
    if json, let first = failures.first { first.report(on: terminal, asJSON: true) }
    if let status = failures.map(\.status).max() { throw QuietExit(status) }
    if !isClean { throw QuietExit(ExitStatus.answerIsNo) }
  }

  private struct Result {
    var text: String
    var json: JSONValue
    var isClean: Bool
  }

  private func migrate(
    _ target: MigrationTarget, _ environment: [String: String]
  ) throws -> Result {
    switch target {
    case .experiment(let path):
      let migration = try ExperimentMigration(
        path, environment: environment, runsDirectory: runsDirectory)
      if !dryRun, !migration.changes.isEmpty { try migration.write() }
      return describe(migration)
    case .run(let run): return describe(try RecordExamination(run: run), "run")
    case .sweep(let sweep): return describe(try RecordExamination(sweep: sweep), "sweep")
    }
  }

  private func describe(_ migration: ExperimentMigration) -> Result {
    let json: JSONValue = [
      "path": .string(migration.path), "kind": "experiment",
      "changes": .array(migration.changes.map(JSONValue.string)),
      "written": .boolean(!dryRun && !migration.changes.isEmpty),
    ]
    let name = TerminalText.line(migration.path)
    if migration.changes.isEmpty {
      return Result(text: "\(name): up to date\n", json: json, isClean: true)
    }
    let list = migration.changes.map { "  \(TerminalText.line($0))\n" }.joined()
    let text =
      dryRun
      ? "\(name): to be migrated\n\(list)\(TerminalText.printable(migration.diff))"
      : "\(name): migrated\n\(list)"
    return Result(text: text, json: json, isClean: !dryRun)
  }

  private func describe(_ record: RecordExamination, _ kind: String) -> Result {
    var json: [String: JSONValue] = [
      "path": .string(record.path), "kind": .string(kind), "parts": .integer(record.parts),
      "problems": .array(record.problems.map(JSONValue.string)),
    ]
    var origin = kind
    if let format = record.format, let program = record.program {
      json["format"] = .integer(format)
      json["runner"] = .string(program)
      origin += " of format \(format) by runner \(program)"
    }
    if record.parts > 0 {
      let unit = kind == "sweep" ? "trial" : "part"
      origin += ", \(record.parts) \(unit)\(record.parts == 1 ? "" : "s")"
    }
    let verdict =
      record.problems.isEmpty
      ? "unchanged, and read by this version as it is" : "intact, but not usable by this version"
    let list = record.problems.map { "  \(TerminalText.line($0))\n" }.joined()
    return Result(
      text: "\(TerminalText.line(record.path)): \(origin); \(verdict)\n\(list)",
      json: .object(json), isClean: record.problems.isEmpty)
  }
}
