import Files
import FoundationEssentials
import Glibc
import RunRecord

/// Finished runs and trials, by their identity.
package struct EarlierRuns: Sendable {
  private var paths: [String: String] = [:]

  /// Looks through a folder of runs, newest first.
  ///
  /// - Parameter sweep: its own trials are not earlier ones.
  package init(in folder: String, except sweep: SweepDirectory) {
    // What cannot be listed holds nothing that could be reused.
    for name in (try? RunCatalog.names(in: folder)) ?? [] { add("\(folder)/\(name)") }
    for name in (try? SweepCatalog.names(in: folder)) ?? [] where !sweep.path.hasSuffix("/" + name)
    {
      let trials = "\(folder)/\(name)/trials"
      for trial in ((try? FileManager.default.contentsOfDirectory(atPath: trials)) ?? []).sorted()
      where !trial.contains(".") { add("\(trials)/\(trial)") }
    }
  }

  package init() {}

  private mutating func add(_ path: String) {
    let trial = TrialDirectory(reading: RunDirectory(path: path))
    guard trial.state == .finished, let identity = trial.identity, paths[identity] == nil else {
      return
    }
    paths[identity] = path
  }

  /// The run with an identity.
  package func path(of identity: String?) -> String? { identity.flatMap { paths[$0] } }

  /// Makes a second name for everything in a finished run; files that cannot be linked are copied.
  ///
  /// - Parameter target: a folder that is not there.
  static func link(_ source: String, to target: String) throws(FileError) {
    try AtomicFile.createFolder(target)
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: source)
    } catch {
      throw FileError(path: source, reason: "cannot be listed: \(error)")
    }
    for name in names where !AtomicFile.isTemporary(name) && name != "checkpoints" {
      let (from, to) = ("\(source)/\(name)", "\(target)/\(name)")
      var status = stat()
      guard lstat(from, &status) == 0 else {
        throw FileError(path: from, attempt: "look at it", code: errno)
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: try link(from, to: to)
      case S_IFREG:
        if Glibc.link(from, to) != 0 {
          try AtomicFile.write(try FileReading.bytes(of: from), to: to)
        }
      default: break
      }
    }
  }
}
