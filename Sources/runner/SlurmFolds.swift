import ExperimentConfig
import Reporting
import RunRecord
import Sweeping

/// The folds of a run as the tasks of a job array. Each task is `runner resume` of the fold's directory.
struct SlurmFolds: Sendable {
  private let run: RunDirectory
  private let untilEpoch: Int?
  private let launcher: SlurmLauncher
  private let interrupts: Interrupts

  /// How one fold ended.
  enum Ending: Sendable {
    case finished
    /// The jobs go on without this program, or the last epoch that was asked for was reached.
    case interrupted
    case failed(fold: Int, WorkerFailure)
  }

  /// - Throws: ``FileError`` where what was submitted earlier cannot be read.
  init(
    _ run: RunDirectory, _ options: SlurmOptions, atOnce: Int?, untilEpoch: Int?,
    _ context: RunContext, _ interrupts: Interrupts
  ) throws {
    self.run = run
    self.untilEpoch = untilEpoch
    self.interrupts = interrupts
    let say = context.reporter.sink
    launcher = try SlurmLauncher(
      in: run.path, program: TrialProgram.path(context.environment), options: options,
      atOnce: atOnce
    ) { say(Self.submission(job: $0, tasks: $1)) }
  }

  /// Submits what is not there yet, and waits for all.
  ///
  /// - Parameter tell: called as soon as a fold has ended.
  func carryOut(
    _ folds: [RunDirectory], tell: (RunDirectory, Ending) -> Void
  ) async throws {
    let token = interrupts.add { _ in launcher.interrupt() }
    defer { interrupts.remove(token) }
    try await withThrowingTaskGroup(of: (RunDirectory, Ending).self) { group in
      for fold in folds { group.addTask { (fold, try await carryOut(fold)) } }
      while let (fold, ending) = try await group.next() { tell(fold, ending) }
    }
  }

  /// What is said of an array that Slurm has taken.
  static func submission(job: Int, tasks: Int) -> String {
    "  submitted as job \(job), \(tasks) task\(tasks == 1 ? "" : "s")"
  }

  /// What a fold's tasks write.
  static func log(_ number: Int) -> String { "slurm/fold-\(number).log" }

  /// That a fold has finished, and with what.
  static func inWords(_ fold: RunDirectory) -> String {
    let number = (try? fold.readInfo().fold).map { "fold \($0)" } ?? fold.path
    guard let summary = try? fold.readSummary() else { return number + " has finished" }
    let loss = summary.validation["loss"].map { ", val loss \(NumberText.fixed($0, 4))" } ?? ""
    return "\(number): \(summary.epochs) epochs\(loss)"
  }

  /// Takes into the record of the run what only its folds know: the machine that computed, and what
  /// there was to warn of.
  static func collect(
    _ folds: [RunDirectory], into run: RunDirectory, _ context: RunContext
  ) throws {
    var info = try run.readInfo()
    let infos = try folds.map { try $0.readInfo() }
    for (index, fold) in infos.enumerated() {
      for text in fold.warnings {
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
    let others = infos.filter {
      $0.cpu != first.cpu || $0.cpuCapability != first.cpuCapability || $0.device != first.device
    }
    guard !others.isEmpty else { return }
    let numbers = others.compactMap(\.fold).map(String.init).joined(separator: ", ")
    context.warn(
      "not all folds were computed on the same kind of machine",
      because: "others than fold 1: \(numbers)")
  }

  private func carryOut(_ fold: RunDirectory) async throws -> Ending {
    let number = try fold.readInfo().fold ?? 0
    let log = run.file(Self.log(number))
    var crashes = CrashCount()
    while true {
      let ending = try await launcher.run(fold, untilEpoch: untilEpoch, log: log)
      if interrupts.wasInterrupted { return .interrupted }
      let info = try fold.readInfo()
      if info.status == .finished { return .finished }
      func failed(_ reason: String) -> Ending {
        let code = ending == .exited(CommandFailure.wrongInput) ? CommandFailure.wrongInput : 70
        return .failed(
          fold: number, WorkerFailure(exitCode: code, message: "fold \(number): \(reason)"))
      }
      if info.status == .failed { return failed(info.failure ?? ending.inWords) }
      let epochs = (try? fold.readEpochs().count) ?? 0
      if ending == .interrupted, let untilEpoch, epochs >= untilEpoch { return .interrupted }
      guard ending.isCrash || ending == .interrupted else {
        return failed(ProcessLog.lastError(log) ?? "its process \(ending.inWords)")
      }
      if crashes.add(epochs: epochs) == 2 { return failed("its process \(ending.inWords)") }
    }
  }
}
