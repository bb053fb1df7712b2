import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Glibc
import Signals
import Subprocess
import SystemPackage
import WorkerProtocol

/// `runner-worker` as a child process: its events come in, the job directory goes out.
package final class WorkerProcess {
  package enum Ending: Equatable, CustomStringConvertible {
    case success
    case failure(String)
    /// Somebody or the system has ended it by a signal that does not mean a bug: it resumes from its
    /// checkpoint like an interrupted one.
    case killed(String)
    /// A person asked for it with Ctrl-C or `kill`, or the request's last epoch was reached; a
    /// checkpoint is there as far as the training had begun.
    case interrupted

    package var description: String {
      switch self {
      case .failure(let words), .killed(let words): words
      case .success, .interrupted: "ended without a result"
      }
    }
  }

  /// The worker's events in order.
  package struct Events {
    fileprivate var lines: SubprocessOutputSequence.StringSequence<UTF8>.AsyncIterator

    /// What the worker says first.
    ///
    /// - Throws: ``SaidNothing`` if it has ended before; ``WorkerProcess/run(_:)`` makes an error of that.
    package mutating func engine(_ interrupts: Interrupts) async throws -> EngineDescription {
      if case .engine(let engine)? = try await next() { return engine }
      if await interrupts.wasInterruptedByNow { throw QuietExit(ExitStatus.interrupted) }
      throw SaidNothing()
    }

    package mutating func next() async throws -> WorkerEvent? {
      guard let line = try await lines.next() else { return nil }
      return try JSONText.decode(WorkerEvent.self, from: Array(line.utf8))
    }
  }

  /// The worker has ended before its first word; how it ended says why.
  private struct SaidNothing: Error {}

  /// Bytes of an event; the summary of a run with many classes takes some hundred thousand. What is longer
  /// is no event.
  private static let longestLine = 1 << 28

  private let path: String
  private let environment: Environment
  private let interrupts: Interrupts

  /// - Throws: ``InputError`` where the worker's program is not there.
  package init(environment: [String: String], _ interrupts: Interrupts) throws {
    self.interrupts = interrupts
    path = try Self.locate(environment)
    // A thread that spins while it waits for another takes the processor that the other needs: on a
    // busy machine training becomes ten times slower.
    var defaults: [Environment.Key: String?] = [:]
    if environment["OMP_WAIT_POLICY"] == nil { defaults["OMP_WAIT_POLICY"] = "PASSIVE" }
    // Out of memory, Swift's runtime would print a backtrace of hundreds of lines.
    if environment["SWIFT_BACKTRACE"] == nil { defaults["SWIFT_BACKTRACE"] = "enable=no" }
    self.environment = .inherit.updating(defaults)
  }

  /// What a worker can compute with; it is asked for nothing else.
  package func describe() async throws -> EngineDescription {
    var description: EngineDescription?
    _ = try await run { [interrupts] events, _ in
      var events = events
      description = try await events.engine(interrupts)
    }
    guard let description else { throw ProgramFault("the worker said nothing") }
    return description
  }

  /// Starts the worker, lets `body` talk with it and waits for its end.
  package func run(
    _ body: (Events, (WorkerRequest) async throws -> Void) async throws -> Void
  ) async throws -> Ending {
    // Children begin with all signals heard. What this program was told to ignore goes to its whole
    // process group and must not end the worker.
    var options = PlatformOptions()
    if !InheritedSignals.ignored.isEmpty { options.processGroupID = 0 }
    var saidNothing = false
    let result = try await Subprocess.run(
      .path(FilePath(path)), arguments: ["--stdin"], environment: environment,
      platformOptions: options, input: .inputWriter, output: .sequence,
      error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false)
    ) { execution in
      let token = interrupts.add { isFirst in
        // A worker that has ended already is what was wanted.
        try? execution.send(signal: isFirst ? .terminate : .kill)
      }
      defer { interrupts.remove(token) }
      do {
        let lines = execution.standardOutput
          .strings(bufferingPolicy: .maxLineLength(Self.longestLine))
        try await body(Events(lines: lines.makeAsyncIterator())) {
          let line = String(decoding: try JSONText.encode($0), as: UTF8.self)
          do {
            _ = try await execution.standardInputWriter.write(line + "\n")
            try await execution.standardInputWriter.finish()
          } catch {
            // It has gone already, for instance by Ctrl-C; how it ended is said below.
          }
        }
      } catch is SaidNothing {
        saidNothing = true
      } catch {
        try? execution.send(signal: .kill)
        throw error
      }
    }
    let ending = await ending(result.terminationStatus)
    if saidNothing { throw Self.error(ending, result.terminationStatus) }
    return ending
  }

  private func ending(_ status: TerminationStatus) async -> Ending {
    switch status {
    case .exited(0): return .success
    case .exited(ExitStatus.resumable): return .interrupted
    case _ where await interrupts.wasInterruptedByNow: return .interrupted
    case .exited(let code): return .failure("ended with code \(code)")
    case .signaled(let signal) where Self.bugs.contains(signal):
      return .failure(Self.describe(signal: signal))
    case .signaled(let signal): return .killed(Self.describe(signal: signal))
    }
  }

  /// What a worker that has said nothing means.
  private static func error(_ ending: Ending, _ status: TerminationStatus) -> any Error {
    switch (ending, status) {
    case (.killed(let words), _):
      WorkerKilled("the worker \(words)", hint: "give the same command again")
    case (.failure(let words), .signaled): ProgramFault("the worker \(words)")
    default: InputError("'runner-worker' does not start; 'runner doctor' says why")
    }
  }

  /// Signals that a program's own bug sends it.
  private static let bugs: Set<Int32> = [
    SIGSEGV, SIGBUS, SIGILL, SIGABRT, SIGTRAP, SIGFPE, SIGSYS,
  ]

  private static func describe(signal number: Int32) -> String {
    switch number {
    case SIGKILL:
      "was killed (signal 9), perhaps by the system because memory ran out; a smaller batch_size "
        + "needs less"
    case let number where bugs.contains(number):
      "crashed (signal \(number), \(String(cString: strsignal(number)))); if it could not allocate "
        + "memory, a smaller batch_size needs less"
    default: "was ended by signal \(number) (\(String(cString: strsignal(number))))"
    }
  }

  /// `$RUNNER_WORKER`, or `runner-worker` beside this program.
  package static func locate(_ environment: [String: String]) throws -> String {
    let chosen = environment["RUNNER_WORKER"].flatMap { $0.isEmpty ? nil : $0 }
    let path = chosen ?? Machine.programFolder + "/runner-worker"
    guard access(path, X_OK) == 0 else {
      throw InputError(
        "no program at \(path)",
        hint: chosen == nil ? "'make build' makes it" : "RUNNER_WORKER names it")
    }
    return path
  }
}
