import Diagnostics
import Dispatch
import ExperimentConfig
import FoundationEssentials
import Glibc
import RunRecord
import Subprocess
import Synchronization
import SystemPackage

/// `runner-worker` as a child process: its events come in, the job directory goes out.
final class WorkerProcess {
  enum Ending: Equatable {
    case success
    case failure(String)
    /// A person asked for it with Ctrl-C or `kill`.
    case interrupted

    var inWords: String {
      if case .failure(let words) = self { words } else { "ended without a result" }
    }
  }

  /// The worker's events in order.
  struct Events {
    fileprivate var lines: SubprocessOutputSequence.StringSequence<UTF8>.AsyncIterator

    mutating func next() async throws -> RunEvent? {
      guard let line = try await lines.next() else { return nil }
      return try JSONText.decode(RunEvent.self, from: Array(line.utf8))
    }
  }

  private let path: String
  private let environment: Environment
  private let interrupts = InterruptSource()

  /// Says that there is a run directory now: from here on an interruption is recorded in it. Before,
  /// it simply ends the program, whatever is being downloaded.
  func isPrepared() { interrupts.endsProgram = false }

  /// - Throws: ``InputError`` where the worker's program is not there.
  init(environment: [String: String]) throws {
    path = try Self.locate(environment)
    // A thread that spins while it waits for another takes the processor that the other needs: on a
    // busy machine training becomes ten times slower.
    self.environment =
      environment["OMP_WAIT_POLICY"] == nil
      ? .inherit.updating(["OMP_WAIT_POLICY": "PASSIVE"]) : .inherit
  }

  /// Whether a person asked for the end. A worker that Ctrl-C reached as well may be gone a moment
  /// before this program has seen the signal.
  var wasInterrupted: Bool {
    get async {
      if interrupts.wasInterrupted { return true }
      try? await Task.sleep(for: .milliseconds(100))
      return interrupts.wasInterrupted
    }
  }

  /// Starts the worker, lets `body` talk with it and waits for its end.
  func run(
    _ body: (Events, (String) async throws -> Void) async throws -> Void
  ) async throws -> Ending {
    let result = try await Subprocess.run(
      .path(FilePath(path)), arguments: ["--stdin"], environment: environment,
      input: .inputWriter, output: .sequence,
      error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false)
    ) { execution in
      interrupts.start { isFirst in
        // A worker that has ended already is what was wanted.
        try? execution.send(signal: isFirst ? .terminate : .kill)
      }
      do {
        try await body(Events(lines: execution.standardOutput.strings().makeAsyncIterator())) {
          _ = try await execution.standardInputWriter.write($0 + "\n")
          try await execution.standardInputWriter.finish()
        }
      } catch {
        try? execution.send(signal: .kill)
        throw error
      }
    }
    if result.terminationStatus != .exited(0), await wasInterrupted { return .interrupted }
    switch result.terminationStatus {
    case .exited(0): return .success
    case .exited(let code): return .failure("ended with code \(code)")
    case .signaled(let signal): return .failure(Self.describe(signal: signal))
    }
  }

  private static func describe(signal number: Int32) -> String {
    switch number {
    case SIGKILL:
      "was killed (signal 9), perhaps by the system for want of memory; a smaller batch_size needs "
        + "less"
    case SIGSEGV, SIGBUS, SIGILL, SIGABRT, SIGTRAP:
      "crashed (signal \(number), \(String(cString: strsignal(number))))"
    default: "was ended by signal \(number) (\(String(cString: strsignal(number))))"
    }
  }

  /// `$RUNNER_WORKER`, or `runner-worker` beside this program.
  static func locate(_ environment: [String: String]) throws -> String {
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

/// SIGINT, SIGTERM and SIGHUP (the terminal was closed) as a call instead of death.
private final class InterruptSource: @unchecked Sendable {
  // What threads share is atomic.
  private let flag = Atomic<Bool>(false)
  private let ending = Atomic<Bool>(true)
  private var sources: [any DispatchSourceSignal] = []

  var wasInterrupted: Bool { flag.load(ordering: .acquiring) }

  var endsProgram: Bool {
    get { ending.load(ordering: .acquiring) }
    set { ending.store(newValue, ordering: .releasing) }
  }

  /// - Parameter action: called for each signal, with whether it is the first.
  func start(_ action: @escaping @Sendable (Bool) -> Void) {
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [self] in
        action(!flag.exchange(true, ordering: .acquiringAndReleasing))
        if endsProgram { exit(CommandFailure.interrupted) }
      }
      source.resume()
      sources.append(source)
    }
  }
}
