import Files
import RunRecord

/// Finished runs and trials, by identity.
package struct EarlierRuns: Sendable {
  private var paths: [String: String] = [:]

  /// Searches a folder of runs, newest first.
  ///
  /// - Parameter sweep: the sweep whose own trials are excluded.
  package init(in folder: String, except sweep: SweepDirectory) {
    // A folder that cannot be listed has nothing to reuse.
    for name in (try? RunCatalog.names(in: folder)) ?? [] { add("\(folder)/\(name)") }
    for name in (try? SweepCatalog.names(in: folder)) ?? [] where !sweep.path.hasSuffix("/" + name)
    {
      let trials = RootedDirectory("\(folder)/\(name)").directory("trials")
      for trial in (try? trials.names()) ?? [] where !trial.contains(".") {
        add(trials.file(trial))
      }
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

  /// The path of the run with an identity; `nil` if there is none.
  package func path(of identity: String?) -> String? { identity.flatMap { paths[$0] } }

  /// A one-line description of what was edited in the directory of an earlier run; `nil` if nothing
  /// was.
  static func edit(of path: String, as trial: SweepFile.Trial) -> String? {
    var earlier = TrialDirectory(reading: RunDirectory(path: path))
    earlier.verify(as: trial)
    return earlier.damage
  }

  /// Hard-links everything in a finished run; files that cannot be linked are copied. Locks and
  /// checkpoints are left out: a lock shared by two directories would let one run's process block
  /// the other's.
  ///
  /// - Parameter target: a folder in `directory` that does not exist yet.
  static func link(
    _ source: RootedDirectory, to target: String, in directory: RootedDirectory
  ) throws(FileError) {
    try directory.createFolder(target)
    for name in try source.files() {
      let parts = name.split(separator: "/")
      let isUnfinished = parts.contains { AtomicFile.isTemporary(String($0)) }
      if isUnfinished || parts.contains("checkpoints") { continue }
      if let last = parts.last, RunLock.names.contains(String(last)) { continue }
      try directory.link(name, of: source, to: "\(target)/\(name)")
    }
  }
}
