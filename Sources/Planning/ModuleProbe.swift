import ExperimentConfig
import Files
import Glibc
import Graph
import WorkerProtocol

/// Runs a TorchScript file once in a worker, so that whatever it does to its process leaves this one alone.
struct ModuleProbe {
  /// The environment of the worker.
  let variables: [String: String]

  /// - Throws: ``ShapeMismatch`` with the worker's reason, or what became of the worker.
  func facts(_ request: InspectionRequest) throws(ShapeMismatch) -> ModuleFacts {
    let program = worker
    guard access(program, X_OK) == 0 else {
      throw ShapeMismatch("needs runner-worker to run its file, and there is none at \(program)")
    }
    let output: [UInt8]
    let status: Int32
    do {
      let text = String(
        decoding: try JSONText.encode(WorkerRequest.inspect(request)), as: UTF8.self)
      (output, status) = try run(program, ["--request", text])
    } catch {
      throw ShapeMismatch("cannot run its file: \(error)", argument: "file")
    }
    for line in output.split(separator: UInt8(ascii: "\n")) {
      // A line that is no event can only be what the file itself wrote to the worker's output.
      guard let event = try? JSONText.decode(WorkerEvent.self, from: Array(line)) else { continue }
      switch event {
      case .inspection(.facts(let facts)) where facts.isPlausible: return facts
      case .inspection(.refusal(let message, let hint)):
        throw ShapeMismatch(message, hint: hint, argument: "file")
      case .failure(let failure):
        throw ShapeMismatch("cannot run its file: \(failure.message)", argument: "file")
      default: continue
      }
    }
    throw ShapeMismatch(
      "cannot run its file: the worker that did \(Self.ending(status))", argument: "file")
  }

  /// `$RUNNER_WORKER`, or else `runner-worker` beside the program that runs.
  private var worker: String {
    if let chosen = variables["RUNNER_WORKER"], !chosen.isEmpty { return chosen }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = max(0, readlink("/proc/self/exe", &buffer, buffer.count))
    let path = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return (path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ".") + "/runner-worker"
  }

  private static func ending(_ status: Int32) -> String {
    let signal = status & 0x7F
    if signal == 0 { return "ended with code \(status >> 8 & 0xFF) and no answer" }
    return signal == SIGINT || signal == SIGTERM
      ? "was interrupted" : "crashed (signal \(signal), \(String(cString: strsignal(signal))))"
  }

  /// What a program writes to its standard output, and its status as `waitpid` reports it. Its standard input is
  /// empty.
  private func run(
    _ program: String, _ arguments: [String]
  ) throws(FileError) -> (output: [UInt8], status: Int32) {
    func check(_ code: Int32, _ attempt: String) throws(FileError) {
      if code != 0 { throw FileError(path: program, attempt: attempt, code: code) }
    }
    var ends: [Int32] = [0, 0]
    try check(pipe(&ends) == 0 ? 0 : errno, "connect to it")
    defer { close(ends[0]) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    var settings = variables
    // As for a worker that trains: threads that wait leave the processor to others, and a crash is not described
    // in hundreds of lines.
    settings["OMP_WAIT_POLICY"] = settings["OMP_WAIT_POLICY"] ?? "PASSIVE"
    settings["SWIFT_BACKTRACE"] = settings["SWIFT_BACKTRACE"] ?? "enable=no"
    var words = ([program] + arguments).map { strdup($0) }
    var pairs = settings.map { strdup("\($0.key)=\($0.value)") }
    defer { for text in words + pairs { free(text) } }
    words.append(nil)
    pairs.append(nil)
    var child: pid_t = 0
    let spawned = posix_spawn(&child, program, &actions, nil, words, pairs)
    close(ends[1])
    try check(spawned, "start it")
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(ends[0], &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { break }
      output += chunk[..<count]
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 {
      if errno != EINTR { throw FileError(path: program, attempt: "wait for it", code: errno) }
    }
    return (output, status)
  }
}
