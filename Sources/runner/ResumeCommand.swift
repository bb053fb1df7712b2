import ArgumentParser
import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Planning
import Reporting
import RunRecord

struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Goes on where an interrupted run stopped, as if nothing had happened.",
    discussion: """
      The result is, byte for byte, that of the run without the interruption. A run that has finished is \
      left as it is. Where program, machine or data are not those that the run began with, it is refused \
      unless --allow names what may differ.
      """)

  @OptionGroup var arguments: RunArguments

  @Option(
    help: ArgumentHelp(
      "What may differ from the recorded: program, machine or data.", valueName: "part"))
  var allow: [String] = []

  @Option(help: "Folds that are computed at a time; as many as the processors allow if left out.")
  var jobs: Int?

  @Option(help: "Puts the run down again after this epoch.")
  var untilEpoch: Int?

  @Flag(help: "Takes the run although another machine is said to work on it.")
  var takeOver = false

  @Flag(name: .shortAndLong, help: "Prints warnings and errors only.")
  var quiet = false

  func validate() throws {
    let known = RecordedEnvironment.Part.allCases.map(\.rawValue)
    for part in allow where !known.contains(part) {
      throw ValidationError("--allow takes \(known.joined(separator: ", ")), not '\(part)'")
    }
    if let jobs, jobs < 1 { throw ValidationError("--jobs takes a number from 1") }
    if let untilEpoch, untilEpoch < 1 {
      throw ValidationError("--until-epoch takes a number from 1")
    }
  }

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let terminal = Terminal(environment: environment)
    let context = RunContext(
      environment: environment, reporter: ConsoleReporter(terminal, isQuiet: quiet))
    let run = try arguments.resolve()
    if try run.readInfo().part != nil {
      throw InputError(
        "'\(run.path)' is a part of a run",
        hint: "resume the run that it belongs to, the folder above")
    }
    let lock = try RunLock.acquire(run, takesOver: takeOver)
    defer { lock.release() }
    let info = try run.readInfo()
    if info.status == .finished {
      if RunExecution.isUntidy(run) { try RunExecution.tidy(run) }
      context.reporter.say("'\(run.path)' has finished; there is nothing to resume")
      return
    }
    let interrupts = Interrupts()
    interrupts.start()
    interrupts.isPrepared()
    let engine = try await WorkerProcess(environment: environment, interrupts).describe()
    let record = RecordedEnvironment(info: info)
    let needsWeights = !Self.hasCheckpoints(run)
    let differences = record.differences(engine, needsWeights: needsWeights)
    try record.refuse(differences, unless: allow.compactMap(RecordedEnvironment.Part.init))
    let plan = try RecordedEnvironment.plan(
      of: run, processors: ProcessInfo.processInfo.activeProcessorCount,
      needsWeights: needsWeights)
    if !differences.isEmpty {
      for difference in differences {
        context.warn(
          "the run goes on with another \(difference.part) than it began with",
          because: difference.text)
      }
      try await RunPreparation(plan, experimentPath: run.file("experiment.yaml"), context)
        .adopt(engine, differences, in: [run] + RunParts.all(of: run))
    }
    context.reporter.say("\(info.name) · \(info.dataset.used) · resumed")
    let execution = RunExecution(
      run, plan, context, interrupts,
      jobs: jobs ?? Machine.jobs(threads: plan.experiment.threads), untilEpoch: untilEpoch)
    _ = try await execution.carryOut()
  }

  /// Whether whatever goes on, the run or each of its parts, has a checkpoint, which holds all weights.
  /// All parts have their directories before the first of them begins.
  private static func hasCheckpoints(_ run: RunDirectory) -> Bool {
    let parts = RunParts.all(of: run)
    return (parts.isEmpty ? [run] : parts).allSatisfy {
      (try? $0.readInfo().status) == .finished || Checkpoints($0).exist
    }
  }
}
