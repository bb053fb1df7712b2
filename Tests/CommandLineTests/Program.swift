import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage

/// The built `runner`, run as a user would.
struct Program {
  struct Outcome {
    let code: Int32
    let output: String
    let error: String

    /// What a person sees.
    var text: String { output + error }
  }

  /// Where the test and the two programs were built.
  static let folder: String = {
    let path = CommandLine.arguments[0]
    return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }()

  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// A folder of this test's own, with a cache and a home inside.
  let work: String
  var environment: [String: String] = [:]

  init() throws {
    work = FileManager.default.temporaryDirectory.path + "/runner-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
  }

  func remove() { try? FileManager.default.removeItem(atPath: work) }

  func path(_ name: String) -> String { work + "/" + name }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
  }

  /// Runs `runner` in the work folder.
  ///
  /// - Parameters:
  ///   - number: a signal that is sent once.
  ///   - text: what standard error has to show before.
  ///   - executable: another program than `runner`, by its path.
  func run(
    _ arguments: [String], send number: Int32 = 0, after text: String? = nil,
    executable: String? = nil
  ) async throws -> Outcome {
    var variables: [Environment.Key: String?] = [
      "HOME": work, "RUNNER_CACHE": work + "/cache", "RUNNER_DATA": nil, "XDG_CACHE_HOME": nil,
      "RUNNER_WORKER": nil, "RUNNER_MNIST_MIRRORS": "http://127.0.0.1:9",
    ]
    for (key, value) in environment { variables[Environment.Key(rawValue: key) ?? "X"] = value }
    let result = try await Subprocess.run(
      .path(FilePath(executable ?? Self.folder + "/runner")), arguments: Arguments(arguments),
      environment: .inherit.updating(variables), workingDirectory: FilePath(work),
      input: .none, output: .sequence, error: .sequence
    ) { execution in
      async let output = Self.collect(execution.standardOutput)
      var error = ""
      var isInterrupted = false
      for try await line in execution.standardError.strings() {
        error += line + "\n"
        if let text, !isInterrupted, error.contains(text) {
          isInterrupted = true
          kill(execution.processIdentifier.value, number)
        }
      }
      return (try await output, error)
    }
    let code: Int32 =
      switch result.terminationStatus {
      case .exited(let code): code
      case .signaled(let signal): -signal
      }
    return Outcome(code: code, output: result.closureResult.0, error: result.closureResult.1)
  }

  private static func collect(_ sequence: SubprocessOutputSequence) async throws -> String {
    var text = ""
    for try await line in sequence.strings() { text += line + "\n" }
    return text
  }

  /// The run directories below `runs`, without hidden folders.
  func runs(_ folder: String = "runs") -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path(folder))) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted().map { path(folder) + "/" + $0 }
  }
}
