import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Glibc
import Signals
import Subprocess
import SystemPackage
import WorkerProtocol

/// Runs `runner-worker` as a child process: sends it a request and receives its events.
package final class WorkerProcess {
  package enum Ending: Equatable, CustomStringConvertible {
    case success
    case failure(String)
    /// Ended by a signal that does not indicate a bug; the run resumes from its checkpoint like an
    /// interrupted one.
    case killed(String)
    /// Interrupted with Ctrl-C or `kill`, or the last requested epoch was reached; there is a
    /// checkpoint if training had begun.
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

    /// The first event: a description of the engine.
    ///
    /// - Throws: ``SaidNothing`` if the worker ended before it, which ``WorkerProcess/run(_:)``
    ///   turns into an error.
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

  /// The worker ended before its first event; its exit status tells why.
  private struct SaidNothing: Error {}

  /// The maximum length of an event in bytes. The summary of a run with many classes takes several
  /// hundred thousand.
  private static let longestLine = 1 << 28

  private let path: String
  private let environment: Environment
  private let interrupts: Interrupts

  /// - Throws: ``InputError`` if the worker's executable is missing.
  package init(environment: [String: String], _ interrupts: Interrupts) throws {
    self.interrupts = interrupts
    path = try Self.locate(environment)
    // A thread that spins while waiting for another takes the core that the other needs, which makes training on a
    // busy machine many times slower. A millisecond of it, on the other hand, saves most of the waking up: a fifth
    // of the time of a small U-Net's step on two cores.
    var defaults: [Environment.Key: String?] = [:]
    if environment["OMP_WAIT_POLICY"] == nil, environment["GOMP_SPINCOUNT"] == nil {
      defaults["OMP_WAIT_POLICY"] = "PASSIVE"
      defaults["GOMP_SPINCOUNT"] = "50000"
    }
    // When out of memory, Swift's runtime would print hundreds of lines of backtrace.
    if environment["SWIFT_BACKTRACE"] == nil { defaults["SWIFT_BACKTRACE"] = "enable=no" }
    // Tensors and batches of images in large pages: a page fault for every 4 KiB of a batch takes a
    // tenth of the time of training on images that are read from files.
    if environment["GLIBC_TUNABLES"] == nil {
      defaults["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=1"
    }
    self.environment = .inherit.updating(defaults)
  }

  /// Starts a worker only to describe the engine.
  package func describe() async throws -> EngineDescription {
    var description: EngineDescription?
    _ = try await run { [interrupts] events, _ in
      var events = events
      description = try await events.engine(interrupts)
    }
    guard let description else { throw ProgramFault("the worker produced no output") }
    return description
  }

  /// Starts the worker, runs `body` to communicate with it and waits for it to exit.
  package func run(
    _ body: (Events, (WorkerRequest) async throws -> Void) async throws -> Void
  ) async throws -> Ending {
    // Children start with default signal handling. Signals that this program was told to ignore are
    // sent to its whole process group and must not end the worker.
    var options = PlatformOptions()
    if !InheritedSignals.ignored.isEmpty { options.processGroupID = 0 }
    var saidNothing = false
    let result = try await Subprocess.run(
      .path(FilePath(path)), arguments: ["--stdin"], environment: environment,
      platformOptions: options, input: .inputWriter, output: .sequence,
      error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false)
    ) { execution in
      let token = interrupts.add { isFirst in
        // A worker that has already ended is fine.
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
            // The worker has already exited, for example on Ctrl-C; its status is handled below.
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

  /// Starts the worker with other ends of standard input and output, and waits for it to exit. Signals of the terminal do
  /// not reach it.
  ///
  /// - Parameters:
  ///   - input: what it reads from; closed here once it runs.
  ///   - output: what it writes to; closed here once it runs.
  ///   - started: is given a function that kills it.
  func serve(
    input: FileDescriptor, output: FileDescriptor,
    started: (@escaping @Sendable () -> Void) -> Void
  ) async throws -> Ending {
    var options = PlatformOptions()
    options.processGroupID = 0
    let result = try await Subprocess.run(
      .path(FilePath(path)), arguments: ["--stdin"], environment: environment,
      platformOptions: options,
      input: .fileDescriptor(input, closeAfterSpawningProcess: true),
      output: .fileDescriptor(output, closeAfterSpawningProcess: true),
      error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false)
    ) { execution in
      let identifier = execution.processIdentifier.value
      // It is a child until this method returns, so the number is not another process's.
      started { kill(identifier, SIGKILL) }
    }
    return await ending(result.terminationStatus)
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

  /// The error for a worker that exited without any event.
  private static func error(_ ending: Ending, _ status: TerminationStatus) -> any Error {
    switch (ending, status) {
    case (.killed(let words), _):
      WorkerKilled("the worker \(words)", hint: "run the same command again")
    case (.failure(let words), .signaled): ProgramFault("the worker \(words)")
    default: InputError("'runner-worker' does not start; run 'runner doctor' to find out why")
    }
  }

  /// Signals that indicate a bug in the program.
  private static let bugs: Set<Int32> = [
    SIGSEGV, SIGBUS, SIGILL, SIGABRT, SIGTRAP, SIGFPE, SIGSYS,
  ]

  private static func describe(signal number: Int32) -> String {
    switch number {
    case SIGKILL:
      "was killed (signal 9), perhaps by the system because memory ran out; a smaller batch_size "
        + "needs less memory"
    case let number where bugs.contains(number):
      "crashed (signal \(number), \(String(cString: strsignal(number)))); if it could not allocate "
        + "memory, a smaller batch_size needs less memory"
    default: "was terminated by signal \(number) (\(String(cString: strsignal(number))))"
    }
  }

  /// `$RUNNER_WORKER`, or else `runner-worker` in this program's directory.
  package static func locate(_ environment: [String: String]) throws -> String {
    let chosen = environment["RUNNER_WORKER"].flatMap { $0.isEmpty ? nil : $0 }
    let path = chosen ?? Machine.programFolder + "/runner-worker"
    guard access(path, X_OK) == 0 else {
      throw InputError(
        "no program at \(path)",
        hint: chosen == nil ? "'make build' builds it" : "RUNNER_WORKER sets its path")
    }
    return path
  }
}
