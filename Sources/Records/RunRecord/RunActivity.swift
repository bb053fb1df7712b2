import Files

/// Checks whether processes are working in a directory, by their locks.
package enum RunActivity {
  /// A lock of a run, or of one of its folds or seeds, that a process holds; `nil` if none does.
  ///
  /// - Parameter besidesOwn: leaves out the run's own lock, which the caller holds.
  /// - Throws: ``FileError`` if that cannot be determined.
  package static func heldLock(
    ofRun run: RunDirectory, besidesOwn: Bool = false
  ) throws(FileError) -> String? {
    for directory in [run] + RunParts.all(of: run) {
      for name in RunLock.names where try isHeld(name, in: directory.folder) {
        if besidesOwn, directory.path == run.path, name == RunLock.names[0] { continue }
        return directory.file(name)
      }
    }
    return nil
  }

  /// The same for a sweep: its own lock, those of its trials, and the logs that their processes write.
  package static func heldLock(ofSweep path: String) throws(FileError) -> String? {
    let sweep = RootedDirectory(path)
    if try isHeld("lock", in: sweep) { return sweep.file("lock") }
    for name in try names(in: "logs", of: sweep) where try isHeld("logs/\(name)", in: sweep) {
      return sweep.file("logs/\(name)")
    }
    for name in try names(in: "trials", of: sweep) where sweep.isFolder("trials/\(name)") {
      let trial = RunDirectory(sweep.directory("trials").directory(name))
      if let held = try heldLock(ofRun: trial) { return held }
    }
    return nil
  }

  private static func names(
    in folder: String, of sweep: RootedDirectory
  ) throws(FileError) -> [String] {
    sweep.isFolder(folder) ? try sweep.names(in: folder) : []
  }

  private static func isHeld(_ name: String, in folder: RootedDirectory) throws(FileError) -> Bool {
    guard let file = try LockedFile(name, in: folder, .read) else { return false }
    return try !file.tryLock(.shared)
  }
}
