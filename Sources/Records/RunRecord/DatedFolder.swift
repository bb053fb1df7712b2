import Files

/// New folders of runs and sweeps: `<name>-<UTC>-<6 hex>`.
package enum DatedFolder {
  /// The name that a folder was created with; the folder's own if it is called otherwise.
  package static func name(of folder: String) -> String { RunName(folder).experiment }

  /// Creates one for this process alone.
  ///
  /// If several start in one second, each takes the next free second, so that the order of their names is the
  /// order in which they started; `run.json` has the time of day.
  ///
  /// - Throws: ``FileError`` if `folder` is not writable.
  package static func create(
    in folder: String, name: String, hash: String
  ) throws(FileError) -> String {
    try AtomicFile.createFolder(folder)
    let taken = Set(try RunCatalog.folders(in: folder).compactMap { RunName($0).time })
    let now = UTCTime.now()
    // More than an hour ahead: a clock was far off.
    for second in now..<(now + 3600) where !taken.contains(UTCTime.compact(second)) {
      let path = "\(folder)/\(name)-\(UTCTime.compact(second))-\(hash.prefix(6))"
      if try AtomicFile.createNewFolder(path) { return path }
    }
    throw FileError(path: folder, reason: "no new directory could be created in it")
  }
}
