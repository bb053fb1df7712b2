import ArgumentParser
import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Glibc
import Reporting
import RunRecord
import Sweeping

struct RmCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Moves runs and sweeps to the trash.",
    discussion: """
      The trash is the folder .trash in the runs directory; what lies there is neither listed nor deleted. \
      A run or sweep that a process or a job of a cluster is working on stays, and so do a run whose \
      weights another run began with, one that another continues with a result that depends on it, a fold \
      of a run and a trial of a sweep.
      """)

  @Argument(
    help: "Runs or sweeps: a directory, the unique start of a name, latest, latest~1, or sweep.",
    completion: .runs)
  var runs: [String]

  @Option(
    name: .customLong("runs-dir"), help: "Where runs are looked for.", completion: .directory)
  var runsDirectory = "runs"

  @Flag(name: .shortAndLong, help: "Does not ask.")
  var yes = false

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  func run() async throws {
    let targets = try resolve()
    try refuseNeeded(targets)
    for target in targets { try await refuseQueued(target) }
    var locks: [AnyObject] = []
    defer { for case let lock as RunLock in locks { lock.release() } }
    for target in targets { locks.append(try lock(target)) }
    if !yes { try ask(targets) }
    var moved: [(from: String, to: String)] = []
    do {
      for target in targets { moved.append((target.path, try RunTrash.move(target.path))) }
    } catch {
      // What has been moved by then is told all the same.
      try report(moved)
      throw error
    }
    try report(moved)
  }

  /// Everything that is named, each once.
  private func resolve() throws -> [RunReference.Target] {
    var seen: Set<String> = []
    return try runs.map { text in
      let target = try RunReference.resolveUnique(text, in: runsDirectory)
      guard case .run(let run) = target else { return target }
      switch RunReference.container(of: run) {
      case .run(let whole):
        throw InputError(
          "'\(run.path)' is a part of the run '\(whole)'", hint: "remove the whole run")
      case .sweep(let sweep):
        throw InputError(
          "'\(run.path)' is a trial of the sweep '\(sweep)'", hint: "remove the whole sweep")
      case nil: return target
      }
    }.filter { seen.insert(PathResolution.absolute($0.path)).inserted }
  }

  /// A run that needs another could not be resumed or reproduced without it.
  private func refuseNeeded(_ targets: [RunReference.Target]) throws {
    guard RunCatalog.isFolder(runsDirectory) else { return }
    let paths = targets.map(\.path)
    if let dependent = try RunDependents(in: runsDirectory).first(on: paths) {
      let need =
        switch dependent.as {
        case .weights: "began with the weights of"
        case .parent: "continues"
        }
      throw InputError(
        "'\(dependent.run)' \(need) '\(dependent.needs)'", hint: "remove both, or neither")
    }
  }

  /// Jobs that start later would not find their directory.
  private func refuseQueued(_ target: RunReference.Target) async throws {
    let jobs = try await SlurmJobs.active(in: target.path).map(String.init)
    if jobs.isEmpty { return }
    throw InputError(
      "jobs of '\(target.path)' are queued or running on the cluster: "
        + jobs.joined(separator: ", "),
      hint: "scancel \(jobs.joined(separator: " "))")
  }

  /// Keeps others from working on it while it is moved.
  private func lock(_ target: RunReference.Target) throws -> AnyObject {
    switch target {
    case .run(let run):
      let held: RunLock
      do {
        held = try RunLock.acquire(run)
      } catch let error as InputError {
        throw InputError(error.diagnostics.first?.message ?? "'\(run.path)' is locked")
      }
      // The lock of the run itself is ours by now; those of its workers and parts are not.
      if let lock = try RunActivity.heldLock(ofRun: run, besidesOwn: true) {
        held.release()
        throw InputError("a process is working on '\(run.path)' (\(lock))")
      }
      return held
    case .sweep(let path):
      if let lock = try RunActivity.heldLock(ofSweep: path) {
        throw InputError("a process is working on '\(path)' (\(lock))")
      }
      return try SweepLock(SweepDirectory(path: path))
    }
  }

  private func ask(_ targets: [RunReference.Target]) throws {
    guard isatty(STDIN_FILENO) == 1 else {
      throw InputError(
        "'rm' asks before it moves anything, and nobody can answer here", hint: "--yes does not ask"
      )
    }
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    for target in targets { terminal.write("  " + TerminalText.line(target.path) + "\n") }
    let what = targets.count == 1 ? "it" : "these \(targets.count)"
    terminal.write("Move \(what) to the trash? [y/N] ")
    let answer = readLine()?.lowercased() ?? ""
    guard answer == "y" || answer == "yes" else {
      terminal.write("nothing was moved\n")
      throw ExitCode(CommandFailure.answerIsNo)
    }
  }

  private func report(_ moved: [(from: String, to: String)]) throws {
    if json {
      let items = moved.map { item -> JSONValue in
        ["run": .string(item.from), "trash": .string(item.to)]
      }
      try StandardOutput.write(json: JSONValue.object(["moved": .array(items)]))
    } else {
      for item in moved {
        try StandardOutput.write(
          "moved \(TerminalText.line(item.from)) to \(TerminalText.line(item.to))\n")
      }
    }
  }
}
