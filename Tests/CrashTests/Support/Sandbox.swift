import Foundation
import RunRecord
import TestSupport

/// A folder with data sets and experiments in which `runner` is run as a user would.
struct Sandbox: Sendable {
  let folder: TemporaryFolder
  let environment: [String: String]

  /// Where the test and the two programs were built.
  static let programs: String = {
    let path = CommandLine.arguments[0]
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    return ProcessInfo.processInfo.environment["RUNNER_PROGRAMS"] ?? folder
  }()

  static let repository = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .path(percentEncoded: false)

  /// - Parameter drawsPlots: without gnuplot a run ends sooner.
  init(drawsPlots: Bool = false) throws {
    folder = try TemporaryFolder()
    let own = ProcessInfo.processInfo.environment
    var environment = own.filter { !$0.key.hasPrefix("RUNNER_") }
    environment["HOME"] = folder.path
    environment["RUNNER_CACHE"] = folder.path + "/cache"
    environment["RUNNER_DATA"] = own["RUNNER_DATA"]
    environment["RUNNER_MNIST_MIRRORS"] = "http://127.0.0.1:9"
    environment["XDG_CACHE_HOME"] = nil
    if !drawsPlots { environment["PATH"] = folder.path + "/nothing" }
    self.environment = environment
  }

  func path(_ name: String) -> String { folder.path + "/" + name }

  func write(_ text: String, to name: String) throws { try folder.write(Array(text.utf8), name) }

  func start(_ arguments: [String], _ more: [String: String] = [:]) throws -> Spawned {
    try Spawned(
      Self.programs + "/runner", arguments, environment.merging(more) { $1 }, in: folder.path)
  }

  @discardableResult
  func run(_ arguments: [String], _ more: [String: String] = [:]) throws -> Spawned.Outcome {
    try start(arguments, more).wait()
  }

  /// The directories in `folder` that are runs, the oldest first.
  func runs(_ folder: String = "runs") -> [RunDirectory] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path(folder))) ?? []
    return names.sorted().map { RunDirectory(path: path(folder) + "/" + $0) }
      .filter { RunCatalog.isFile($0.file("run.json")) }
  }

  /// Runs an experiment that nobody disturbs.
  func reference(_ arguments: [String]) throws -> Reference {
    let name = "reference-" + UUID().uuidString
    let outcome = try run(arguments + ["--runs-dir", name])
    guard outcome.code == 0, let run = runs(name).first else {
      throw TestFailure("the undisturbed run failed: \(outcome.text)")
    }
    return Reference(run: run, manifest: try run.manifest(), seconds: outcome.seconds)
  }
}

/// A run that nobody disturbed.
struct Reference {
  let run: RunDirectory
  let manifest: String
  let seconds: Double
}

struct TestFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

extension RunDirectory {
  func manifest() throws -> String { try text("MANIFEST.sha256") }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: file(name), encoding: .utf8)
  }

  func data(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: file(name))) }

  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

  /// Changes a text file, as a person with an editor would.
  func edit(_ name: String, _ change: (String) throws -> String) throws {
    try Data(change(text(name)).utf8).write(to: URL(filePath: file(name)))
  }

  /// Paths of all files, relative to the directory.
  func files() -> [String] {
    let all = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return all.filter { RunCatalog.isFile(file($0)) }.sorted()
  }

  /// The checkpoints, the newest first, then those of the folds.
  func checkpoints() -> [String] {
    let folders = ["checkpoints"] + (1...9).map { "fold-\($0)/checkpoints" }
    return folders.flatMap { folder in
      ((try? FileManager.default.contentsOfDirectory(atPath: file(folder))) ?? [])
        .filter { !$0.contains("partial") }.sorted(by: >).map { file(folder) + "/" + $0 }
    }
  }
}
