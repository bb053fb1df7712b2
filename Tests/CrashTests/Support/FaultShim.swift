import Foundation
import Glibc

/// A library that, preloaded into `runner`, makes one of its file operations fail.
struct FaultShim {
  let library: String

  init(in sandbox: Sandbox) throws {
    library = sandbox.path("faults.so")
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/bin/sh")
    let source = Sandbox.repository + "/Tests/CrashTests/Support/faults.c"
    // Swift brings its own clang.
    let command = "$(command -v clang || command -v cc) -O1 -shared -fPIC -o \"$1\" \"$2\" -ldl"
    compiler.arguments = ["-c", command, "sh", library, source]
    try compiler.run()
    compiler.waitUntilExit()
    guard compiler.terminationStatus == 0 else { throw TestFailure("cc cannot compile \(source)") }
  }

  /// What the programs need in their environment so that operation `number` below `folder` fails.
  func environment(
    _ sandbox: Sandbox, below folder: String, number: Int, code: Int32
  )
    -> [String: String]
  {
    for name in ["fault-count", "fault-log"] { unlink(sandbox.path(name)) }
    return [
      "LD_PRELOAD": library, "FAULT_FOLDER": folder, "FAULT_NUMBER": "\(number)",
      "FAULT_ERROR": "\(code)", "FAULT_COUNT": sandbox.path("fault-count"),
      "FAULT_LOG": sandbox.path("fault-log"),
    ]
  }

  /// Operations since the environment was made.
  func count(_ sandbox: Sandbox) -> Int {
    var status = stat()
    return stat(sandbox.path("fault-count"), &status) == 0 ? Int(status.st_size) : 0
  }

  /// The operation that failed, such as `write /…/metrics.jsonl`.
  func failed(_ sandbox: Sandbox) -> String? {
    try? String(contentsOfFile: sandbox.path("fault-log"), encoding: .utf8)
      .trimmingCharacters(in: .newlines)
  }
}
