import Diagnostics
import Files
import Glibc
import RunRecord
import Subprocess
import Synchronization
import SystemPackage

/// Runs trials as child processes: `<program> resume DIR --quiet`.
///
/// A child writes to a log file that is locked for it. The lock belongs to the open file
/// description, which the process and its own children inherit, so it lasts until the last of them
/// has exited, even if the sweep is killed first. The next sweep therefore never starts the trial
/// twice, and need not know which process works on it.
package final class LocalLauncher: TrialLauncher {
  package let capacity: Int
  private let program: String
  private let environment: Environment
  private let state = Mutex(State())

  private struct State {
    var processes: Set<pid_t> = []
    var interruptions = 0
  }

  /// - Parameters:
  ///   - program: the path of `runner`.
  ///   - jobs: the number of concurrent trials.
  package init(program: String, jobs: Int, environment: Environment = .inherit) {
    self.program = program
    self.capacity = jobs
    self.environment = environment
  }

  package func run(
    _ run: RunDirectory, untilEpoch: Int?, log path: String
  ) async throws -> TrialEnding {
    let log = try ProcessLog.open(path, below: run.folder.root)
    while flock(log.descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else {
        throw FileError(path: path, attempt: "lock it", code: errno)
      }
      // A process left behind by an earlier sweep; it exits by itself.
      if isInterrupted { return .interrupted }
      try await Task.sleep(for: .milliseconds(200))
    }
    if TrialDirectory(reading: run).state == .finished { return .done }
    if isInterrupted { return .interrupted }
    var arguments = ["resume", run.path, "--quiet"]
    if let untilEpoch { arguments += ["--until-epoch", String(untilEpoch)] }
    // A terminal's Ctrl-C signals the whole process group; these processes are signalled once, by this one.
    var options = PlatformOptions()
    options.processGroupID = 0
    let descriptor = FileDescriptor(rawValue: log.descriptor)
    do {
      let result = try await Subprocess.run(
        .path(FilePath(program)), arguments: Arguments(arguments), environment: environment,
        platformOptions: options, input: .none,
        output: .fileDescriptor(descriptor, closeAfterSpawningProcess: false),
        error: .fileDescriptor(descriptor, closeAfterSpawningProcess: false)
      ) { [self] execution in
        let process = execution.processIdentifier.value
        register(process)
        defer { state.withLock { _ = $0.processes.remove(process) } }
        // The process is reaped after this closure. Until then its number and its group's are not reused, so
        // no signal reaches another process.
        while try !Self.hasEnded(process) { try await Task.sleep(for: .milliseconds(20)) }
      }
      withExtendedLifetime(log) {}
      return switch result.terminationStatus {
      case .exited(let code): .exited(code)
      case .signaled(let signal): .signaled(signal)
      }
    } catch let error as SubprocessError {
      throw InputError("'\(program)' cannot be started: \(error)")
    }
  }

  /// Whether a child has ended; it is not reaped.
  private static func hasEnded(_ process: pid_t) throws -> Bool {
    var information = siginfo_t()
    while waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT) != 0 {
      guard errno == EINTR else {
        throw ProgramFault("cannot wait for process \(process): \(errno)")
      }
    }
    // Zero until the child has ended; the particular signal does not matter.
    return information.si_signo != 0
  }

  private var isInterrupted: Bool { state.withLock { $0.interruptions > 0 } }

  private func register(_ process: pid_t) {
    let isLate = state.withLock { state in
      state.processes.insert(process)
      return state.interruptions > 0
    }
    if isLate { kill(process, SIGTERM) }
  }

  package func interrupt() {
    state.withLock { state in
      state.interruptions += 1
      for process in state.processes {
        // The second interrupt kills whole process groups, whatever they are doing; checkpoints
        // survive that.
        _ = state.interruptions == 1 ? kill(process, SIGTERM) : kill(-process, SIGKILL)
      }
    }
  }
}
