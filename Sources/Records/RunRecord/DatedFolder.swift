import Files

/// Creates the folders of runs and sweeps: `<name>-<UTC>-<6 hex>`.
package enum DatedFolder {
  /// The name that a folder was created with, or the folder's own name if it does not have that
  /// form.
  package static func name(of folder: String) -> String { RunName(folder).experiment }

  /// Creates a folder exclusively for this process.
  ///
  /// If several start in the same second, each takes the next free second, so that their names sort
  /// in the order in which they started; `run.json` records the actual time.
  ///
  /// - Throws: ``FileError`` if `folder` is not writable.
  package static func create(
    in folder: String, name: String, hash: String
  ) throws(FileError) -> String {
    try AtomicFile.createFolder(folder)
    let taken = Set(try RunCatalog.folders(in: folder).compactMap { RunName($0).time })
    let now = UTCTime.now()
    // Names more than an hour ahead mean that a clock was far off.
    for second in now..<(now + 3600) where !taken.contains(UTCTime.compact(second)) {
      let path = "\(folder)/\(name)-\(UTCTime.compact(second))-\(hash.prefix(6))"
      if try AtomicFile.createNewFolder(path) { return path }
    }
    throw FileError(path: folder, reason: "no new directory could be created in it")
  }
}
