import Files
import FoundationEssentials

/// Whether processes work in a directory, as their locks show it.
package enum RunActivity {
  /// A lock of a run, or of one of its folds or seeds, that a process holds; `nil` if none does.
  ///
  /// - Parameter besidesOwn: leaves out the run's own lock, which the caller holds.
  /// - Throws: ``FileError`` where that cannot be found out.
  package static func heldLock(
    ofRun run: RunDirectory, besidesOwn: Bool = false
  ) throws(FileError) -> String? {
    let parts = RunParts.all(of: run)
    let locks =
      (besidesOwn ? [] : [run.file(".lock")]) + [run.file(".worker.lock")]
      + parts.flatMap { [$0.file(".lock"), $0.file(".worker.lock")] }
    for lock in locks where try isHeld(lock) { return lock }
    return nil
  }

  /// The same for a sweep: its own lock, those of its trials, and the logs that their processes write.
  package static func heldLock(ofSweep path: String) throws(FileError) -> String? {
    if try isHeld("\(path)/lock") { return "\(path)/lock" }
    for name in try names(in: "\(path)/logs") where try isHeld("\(path)/logs/\(name)") {
      return "\(path)/logs/\(name)"
    }
    for name in try names(in: "\(path)/trials") {
      let trial = RunDirectory(path: "\(path)/trials/\(name)")
      if let held = try heldLock(ofRun: trial) { return held }
    }
    return nil
  }

  private static func names(in folder: String) throws(FileError) -> [String] {
    RunCatalog.isFolder(folder) ? try RunCatalog.folders(in: folder) : []
  }

  private static func isHeld(_ path: String) throws(FileError) -> Bool {
    guard let file = try LockedFile(path, .read) else { return false }
    return try !file.tryLock(.shared)
  }
}
