import ArgumentParser
import FoundationEssentials
import Orchestration
import Reporting
import RunRecord

struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Continues an interrupted run, or any run with more epochs.",
    usage: "runner resume RUN [epochs=N] [folder=DIR] [options]",
    discussion: """
      The result is, byte for byte, that of the run without the interruption. A run that has finished is \
      left as it is. Where program, machine or data are not those that the run began with, it is refused \
      unless --allow names what may differ. Folds and seeds that were submitted to a cluster are waited for there, \
      or submitted again; the directory of one part (RUN/fold-2) is carried on by itself.

      With epochs=N a new run in --runs-dir continues RUN, which may have finished, and records it as its \
      parent. The result is that of training for N epochs at once, byte for byte, unless the schedule \
      depends on the length of the training, which is then reported as a warning.

      A path, such as folder=DIR or groups=FILE, says where data lie that have moved. They have to be the \
      same, byte for byte.
      """)

  @OptionGroup var arguments: RunArguments

  @Argument(
    help: ArgumentHelp(
      "epochs=N, or the new path of data that moved.", valueName: "key=value"))
  var overrides: [String] = []

  @Option(
    help: ArgumentHelp(
      "What may differ from the record: program, machine or data.", valueName: "part"))
  var allow: [String] = []

  @Option(
    help: "The number of folds or seeds to compute at the same time (default: by processors)."
  )
  var jobs: Int?

  @OptionGroup var place: LauncherArguments

  @Option(help: "Stops again after this epoch.")
  var untilEpoch: Int?

  @Flag(help: "Continues the run even if another machine seems to be working on it.")
  var takeOver = false

  @Flag(help: "Waits if another process is working on the run, instead of refusing.")
  var wait = false

  @Flag(name: .shortAndLong, help: "Prints only the run's directory, warnings and errors.")
  var quiet = false

  @Flag(help: "Prints one JSON object with the run's directory and summary to standard output.")
  var json = false

  func validate() throws {
    let known = RecordedEnvironment.Part.allCases.map(\.rawValue)
    for part in allow where !known.contains(part) {
      throw ValidationError("--allow takes \(known.joined(separator: ", ")), not '\(part)'")
    }
    if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1") }
    if let untilEpoch, untilEpoch < 1 {
      throw ValidationError("--until-epoch must be at least 1")
    }
  }

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let context = RunContext(
      environment: environment,
      reporter: ConsoleReporter(Terminal(environment: environment), isQuiet: quiet),
      presentation: json ? .progress : quiet ? .directory : .result)
    var session = ResumeSession(
      arguments.run, overrides: overrides, runsDirectory: arguments.runsDirectory, context)
    session.allowed = allow.compactMap(RecordedEnvironment.Part.init)
    session.jobs = jobs
    session.launcher = place.choice
    session.untilEpoch = untilEpoch
    session.takesOver = takeOver
    session.waits = wait
    let run = try await session.run()
    if json { try TrainedRun.print(run) }
  }
}
