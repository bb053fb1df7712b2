import Diagnostics
import Files
import RunRecord
import Sweeping

/// What can be migrated or examined.
package enum MigrationTarget {
  case experiment(String)
  case run(RunDirectory)
  case sweep(SweepDirectory)

  /// A file, a run, a sweep, or the experiments, runs and sweeps in a folder.
  ///
  /// - Throws: ``InputError`` if there is nothing; ``FileError`` for a folder that cannot be read.
  package static func all(at path: String) throws -> [MigrationTarget] {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    guard RunCatalog.isFolder(path) else {
      guard RunCatalog.isThere(path) else {
        throw InputError("there is no experiment file, run, sweep or folder '\(path)'")
      }
      return [.experiment(path)]
    }
    if RunCatalog.isRun(path) { return [.run(RunDirectory(path: path))] }
    if SweepCatalog.isSweep(path) { return [.sweep(SweepDirectory(path: path))] }
    let files = (try FolderListing.names(in: path) ?? []).sorted().filter { name in
      (name.hasSuffix(".yaml") || name.hasSuffix(".yml")) && !name.hasPrefix(".")
        && RunCatalog.isFile("\(path)/\(name)")
    }
    let found =
      files.map { MigrationTarget.experiment("\(path)/\($0)") }
      + (try SweepCatalog.names(in: path)).map { .sweep(SweepDirectory(path: "\(path)/\($0)")) }
      + (try RunCatalog.names(in: path)).map { .run(RunDirectory(path: "\(path)/\($0)")) }
    if found.isEmpty {
      throw InputError("'\(path)' holds no experiment files, runs or sweeps")
    }
    return found
  }
}
