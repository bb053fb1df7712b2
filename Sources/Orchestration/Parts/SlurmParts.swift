import Diagnostics
import ExperimentConfig
import Reporting
import RunRecord
import Signals
import Sweeping
import WorkerProtocol

/// Trains the folds or seeds of a run as the tasks of a Slurm job array. Each task runs
/// `runner resume` on the part's directory.
struct SlurmParts: Sendable {
  private let run: RunDirectory
  private let untilEpoch: Int?
  private let launcher: SlurmLauncher
  private let interrupts: Interrupts

  /// How one part ended.
  enum Ending: Sendable {
    case finished
    /// The jobs continue without this program, or the last requested epoch was reached.
    case interrupted
    case failed(part: Int, WorkerFailure)
  }

  /// - Throws: ``FileError`` if the record of an earlier submission cannot be read.
  init(
    _ run: RunDirectory, _ options: SlurmOptions, maxConcurrent: Int?, untilEpoch: Int?,
    _ context: RunContext, _ interrupts: Interrupts
  ) throws {
    self.run = run
    self.untilEpoch = untilEpoch
    self.interrupts = interrupts
    let say = context.reporter.sink
    launcher = try SlurmLauncher(
      in: run.path, program: TrialProgram.path(context.environment), options: options,
      maxConcurrent: maxConcurrent
    ) { say(Self.submission(job: $0, tasks: $1)) }
  }

  /// Submits parts that are not yet submitted, and waits for all of them.
  ///
  /// - Parameter tell: called as soon as a part has ended.
  func carryOut(
    _ parts: [RunDirectory], tell: (RunDirectory, Ending) -> Void
  ) async throws {
    let token = interrupts.add { _ in launcher.interrupt() }
    defer { interrupts.remove(token) }
    try await withThrowingTaskGroup(of: (RunDirectory, Ending).self) { group in
      for part in parts { group.addTask { (part, try await carryOut(part)) } }
      while let (part, ending) = try await group.next() { tell(part, ending) }
    }
  }

  /// The message for a job array that Slurm accepted.
  static func submission(job: Int, tasks: Int) -> String {
    "  submitted as job \(job), \(tasks) task\(tasks == 1 ? "" : "s")"
  }

  /// The log file of a part's tasks.
  static func log(_ part: RunDirectory) -> String { "slurm/\(part.name).log" }

  /// A message that a part has finished, with its validation loss.
  static func result(of part: RunDirectory) -> String {
    guard let summary = try? part.readSummary() else { return part.partName + " has finished" }
    let loss = summary.validation["loss"].map { ", val loss \(NumberText.fixed($0, 4))" } ?? ""
    return "\(part.partName): \(summary.epochs) epochs\(loss)"
  }

  /// Copies what only the parts know into the record of the run: the machine that trained them and
  /// their warnings.
  static func collect(
    _ parts: [RunDirectory], into run: RunDirectory, _ context: RunContext
  ) throws {
    var info = try run.readInfo()
    let infos = try parts.map { try $0.readInfo() }
    for (index, part) in infos.enumerated() {
      for text in part.warnings {
        if !infos[..<index].contains(where: { $0.warnings.contains(text) }) {
          context.reporter.warn(text)
        }
        context.record(.warning(text))
      }
    }
    guard let first = infos.first else { return }
    (info.host, info.cpu) = (first.host, first.cpu)
    (info.cpuCapability, info.device) = (first.cpuCapability, first.device)
    try run.write(json: info, to: "run.json")
    let others = zip(parts, infos).filter { _, info in
      info.cpu != first.cpu || info.cpuCapability != first.cpuCapability
        || info.device != first.device
    }
    guard !others.isEmpty else { return }
    let names = others.map(\.0.partName).joined(separator: ", ")
    context.warn(
      "not all parts were computed on the same kind of machine",
      because: "different from \(parts[0].partName): \(names)")
  }

  private func carryOut(_ part: RunDirectory) async throws -> Ending {
    let number = try part.readInfo().part ?? 0
    let log = run.file(Self.log(part))
    var crashes = CrashCount()
    while true {
      let ending = try await launcher.run(part, untilEpoch: untilEpoch, log: log)
      if interrupts.wasInterrupted { return .interrupted }
      let info = try part.readInfo()
      if info.status == .finished { return .finished }
      func failed(_ reason: String) -> Ending {
        let code =
          ending == .exited(ExitStatus.wrongInput) ? ExitStatus.wrongInput : ExitStatus.programFault
        return .failed(
          part: number, WorkerFailure(exitCode: code, message: "\(part.partName): \(reason)"))
      }
      if info.status == .failed { return failed(info.failure ?? ending.description) }
      let epochs = (try? part.readEpochs().count) ?? 0
      if ending == .interrupted, let untilEpoch, epochs >= untilEpoch { return .interrupted }
      guard ending.isCrash || ending == .interrupted else {
        return failed(ProcessLog.lastError(log, below: run.path) ?? "its process \(ending)")
      }
      if crashes.add(epochs: epochs) == 2 { return failed("its process \(ending)") }
    }
  }
}
