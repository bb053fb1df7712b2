import Diagnostics
import Dispatch
import ExperimentConfig
import Files
import Glibc
import Signals
import Synchronization
import SystemPackage
import WorkerProtocol

/// A worker process that keeps the models of a run loaded.
///
/// ``answer(_:receive:)`` and ``close()`` block and are called by one thread; ``kill()`` may be called by any.
package final class ServingWorker: Sendable {
  private let channel: FrameChannel
  private let input: Int32
  private let output: Int32
  private let process: Task<WorkerProcess.Ending, any Error>
  private let killing: Killing

  /// How to kill the process, while it runs.
  private final class Killing: Sendable {
    private let kill = Mutex<(@Sendable () -> Void)?>(nil)
    private let isWanted = Mutex(false)

    func set(_ function: (@Sendable () -> Void)?) {
      kill.withLock { $0 = function }
      if isWanted.withLock({ $0 }) { callAsFunction() }
    }

    func callAsFunction() {
      isWanted.withLock { $0 = true }
      // Under the lock, so that the process is still this program's child.
      kill.withLock { $0?() }
    }
  }

  /// Starts a worker and waits until it has loaded the models.
  ///
  /// - Parameter warn: is given warnings about the device.
  /// - Throws: ``InputError`` if they cannot be loaded; ``WorkerKilled`` if something killed the worker.
  package static func start(
    _ model: ServedModel, for service: ServedModel.Service = .predictions,
    environment: [String: String],
    warn: @escaping @Sendable (String) -> Void
  ) async throws -> ServingWorker {
    let worker = try ServingWorker(environment: environment)
    do {
      try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
          continuation.resume(with: Result { try worker.load(model, service, warn) })
        }
      }
    } catch {
      worker.kill()
      let ending = await worker.close()
      if let failure = error as? Unanswered { throw try failure.error(ending) }
      throw error
    }
    return worker
  }

  private init(environment: [String: String]) throws {
    let program = try WorkerProcess(
      environment: environment, Interrupts(.none, watching: []))
    let (theirInput, ours) = try Self.pipe()
    let (ourInput, theirs) = try Self.pipe()
    (input, output) = (ourInput, ours)
    channel = FrameChannel(input: ourInput, output: ours)
    let killing = Killing()
    self.killing = killing
    process = Task {
      defer { killing.set(nil) }
      return try await program.serve(
        input: FileDescriptor(rawValue: theirInput), output: FileDescriptor(rawValue: theirs)
      ) { killing.set($0) }
    }
  }

  private static func pipe() throws(FileError) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    guard Glibc.pipe(&ends) == 0 else {
      throw FileError(path: "a pipe", attempt: "create it", code: errno)
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// The worker ended before it had loaded the models.
  private struct Unanswered: Error {
    func error(_ ending: WorkerProcess.Ending?) throws -> any Error {
      switch ending {
      case .killed(let words)?:
        WorkerKilled("the worker \(words)", hint: "run the same command again")
      case .failure(let words)?: ProgramFault("the worker \(words)")
      default: InputError("'runner-worker' does not start; run 'runner doctor' to find out why")
      }
    }
  }

  private func load(
    _ model: ServedModel, _ service: ServedModel.Service, _ warn: (String) -> Void
  ) throws {
    guard case .engine(let engine) = try event() else { throw Unanswered() }
    let (request, warnings) = model.request(service, engine)
    for warning in warnings { warn(warning) }
    try channel.send(line: JSONText.encode(request))
    while true {
      switch try event() {
      case .prediction(.ready): return
      case .failure(let failure) where failure.exitCode == ExitStatus.wrongInput:
        throw InputError(failure.message)
      case .failure(let failure): throw ProgramFault(failure.message)
      default: continue
      }
    }
  }

  private func event() throws -> WorkerEvent {
    guard let line = try channel.receiveLine() else { throw Unanswered() }
    return try JSONText.decode(WorkerEvent.self, from: line)
  }

  /// Has a batch answered.
  ///
  /// - Parameter receive: called with each reply as it arrives.
  /// - Throws: ``FileError`` or ``FrameProblem`` if the worker ended before it had answered all inputs.
  package func answer(
    _ batch: [ServingInput], receive: (ServingReply) -> Void
  ) throws {
    try channel.send(ServingInput.frame(batch))
    var isAnswered = [Bool](repeating: false, count: batch.count)
    for _ in batch {
      guard let frame = try channel.receive() else {
        throw FileError(path: "the worker", reason: "ended before it answered")
      }
      let reply = try ServingReply(frame)
      guard isAnswered.indices.contains(reply.index), !isAnswered[reply.index] else {
        throw FrameProblem()
      }
      isAnswered[reply.index] = true
      receive(reply)
    }
  }

  /// Kills the worker, so that ``answer(_:receive:)`` throws.
  package func kill() { killing() }

  /// Ends the worker and waits for it.
  ///
  /// - Returns: how it ended; `nil` if it was never started.
  @discardableResult package func close() async -> WorkerProcess.Ending? {
    Glibc.close(output)
    Glibc.close(input)
    return try? await process.value
  }
}
