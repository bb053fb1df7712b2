import Diagnostics
import Subprocess
import SystemPackage

/// Runs Slurm's command-line programs; none of these calls needs its accounting database.
struct SlurmTools: Sendable {
  /// One task of an array.
  struct TaskID: Hashable, Sendable, Codable {
    /// The array's job number.
    var job: Int
    var index: Int
  }

  /// Jobs that are pending, running or completing.
  struct Queue: Sendable {
    var tasks: Set<TaskID> = []
    /// The arrays' job numbers by job comment.
    var marks: [String: Int] = [:]

    /// The job numbers of all arrays.
    var jobs: Set<Int> { Set(tasks.map(\.job)) }
  }

  /// The state of a task according to the controller.
  enum Fate: Sendable, Equatable, CustomStringConvertible {
    /// A state such as `RUNNING`.
    case state(String)
    /// The task ended so long ago that the controller has forgotten it.
    case forgotten

    private static let ends: Set = [
      "BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY",
      "PREEMPTED", "REVOKED", "TIMEOUT",
    ]

    /// Whether the task has ended and will not be requeued.
    var isEnd: Bool {
      switch self {
      case .state(let name): Self.ends.contains(name)
      case .forgotten: true
      }
    }

    var description: String {
      switch self {
      case .state(let name): name
      case .forgotten: "Slurm no longer knows the reason"
      }
    }
  }

  private let folder: String?

  /// - Parameter folder: the folder of the programs; `nil` searches the path.
  init(in folder: String? = nil) { self.folder = folder }

  /// The jobs with the given name.
  ///
  /// - Returns: `nil` if the controller does not answer.
  func queue(name: String) async throws -> Queue? {
    let arguments = ["--noheader", "--array", "--name", name, "--format", "%F %K %T %k"]
    guard let text = try await output("squeue", arguments) else { return nil }
    var queue = Queue()
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count >= 3, let job = Int(words[0]), let index = Int(words[1]) else { continue }
      queue.tasks.insert(TaskID(job: job, index: index))
      if words.count == 4 { queue.marks[String(words[3])] = job }
    }
    return queue
  }

  /// The maximum number of tasks in an array.
  func arrayLimit() async throws -> Int {
    let text = try await output("scontrol", ["show", "config"]) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("MaxArraySize") }
    let number = line?.split(separator: "=").last.flatMap {
      Int(SweepSyntax.trimmed(String($0)))
    }
    return max(1, number ?? 1001)
  }

  /// The state of a task, as long as the controller remembers it.
  ///
  /// - Returns: `nil` if the controller does not answer.
  func fate(of task: TaskID) async throws -> Fate? {
    let result = try await run(
      "scontrol", ["--oneliner", "show", "job", "\(task.job)_\(task.index)"])
    if !result.isSuccess { return result.errors.contains("Invalid job id") ? .forgotten : nil }
    let words = result.output.split(whereSeparator: \.isWhitespace)
    let state = words.first { $0.hasPrefix("JobState=") }
    return state.map { .state(String($0.dropFirst(9))) } ?? .forgotten
  }

  /// Submits a job array.
  ///
  /// - Returns: the array's job number.
  /// - Throws: ``InputError`` with Slurm's message.
  func submit(_ arguments: [String]) async throws -> Int {
    let result = try await run("sbatch", arguments)
    let number = result.output.split(whereSeparator: { $0 == ";" || $0.isNewline }).first
    guard result.isSuccess, let number, let job = Int(number) else {
      let words = result.errors.split(whereSeparator: \.isNewline).last ?? "no reason"
      throw InputError("sbatch rejected the job: \(words)")
    }
    return job
  }

  private func output(_ program: String, _ arguments: [String]) async throws -> String? {
    let result = try await run(program, arguments)
    return result.isSuccess ? result.output : nil
  }

  private func run(
    _ program: String, _ arguments: [String]
  ) async throws -> (isSuccess: Bool, output: String, errors: String) {
    // A terminal's Ctrl-C signals the whole process group; a submission has to finish so that its job number
    // is known.
    var platform = PlatformOptions()
    platform.processGroupID = 0
    do {
      let result = try await Subprocess.run(
        folder.map { .path(FilePath($0 + "/" + program)) } ?? .name(program),
        arguments: Arguments(arguments), environment: .inherit.updating(["LC_ALL": "C"]),
        platformOptions: platform, input: .none, output: .string(limit: 1 << 24),
        error: .string(limit: 1 << 20))
      return (result.terminationStatus.isSuccess, result.standardOutput, result.standardError)
    } catch let error as SubprocessError where error.code == .executableNotFound {
      throw InputError(
        "'\(program)' is not installed on this machine",
        hint: "--launcher slurm needs a cluster node; --launcher local runs on this machine")
    }
  }
}
