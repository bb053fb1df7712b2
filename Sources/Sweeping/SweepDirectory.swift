import Diagnostics
import ExperimentConfig
import Files
import RunRecord

/// The directory that is a sweep: its plan, its trials, its results.
package struct SweepDirectory: Sendable {
  /// What all files of the sweep and its trials are opened in.
  package let folder: RootedDirectory

  package init(path: String) { folder = RootedDirectory(path) }

  package var path: String { folder.path }

  /// The path of a file, for error messages and for other programs.
  package func file(_ name: String) -> String { folder.file(name) }

  package func trial(_ trial: SweepFile.Trial) -> RunDirectory { self.trial(trial.directory) }

  /// The trial whose directory has this name.
  package func trial(_ name: String) -> RunDirectory {
    RunDirectory(folder.directory("trials").directory(name))
  }

  /// What the trial's process says, and the place that shows whether it still runs.
  package func log(_ trial: SweepFile.Trial) -> String { file("logs/\(trial.directory).log") }

  /// Creates `<folder>/<name>-sweep-<UTC>-<6 hex>` for this process alone.
  ///
  /// - Throws: ``FileError``.
  package static func create(
    in folder: String, name: String, hash: String
  ) throws(FileError) -> SweepDirectory {
    let path = try DatedFolder.create(in: folder, name: "\(name)-sweep", hash: hash)
    let sweep = SweepDirectory(path: path)
    for part in ["trials", "logs"] { try sweep.folder.createFolder(part) }
    return sweep
  }

  /// The youngest sweep in a folder that `file` goes on with; damaged ones are passed over.
  package static func continued(by file: SweepFile, in folder: String) -> SweepDirectory? {
    let names = (try? SweepCatalog.names(in: folder)) ?? []
    return names.lazy.map { SweepDirectory(path: "\(folder)/\($0)") }
      .first { (try? $0.read().isContinued(by: file)) ?? false }
  }

  /// - Throws: ``FileError`` where `sweep.json` is missing or damaged.
  package func read() throws(FileError) -> SweepFile {
    let bytes = try folder.bytes(of: SweepCatalog.file, limit: 1 << 28)
    do {
      return try JSONText.decode(SweepFile.self, from: bytes)
    } catch {
      throw FileError(path: file(SweepCatalog.file), reason: "is not what this program writes")
    }
  }

  package func write(_ file: SweepFile) throws {
    let bytes = try JSONText.encode(file, pretty: true) + [UInt8(ascii: "\n")]
    try folder.write([bytes], to: SweepCatalog.file)
  }

  package func write(_ table: SweepTable) throws(FileError) {
    try folder.write(table.csv, to: SweepTable.name)
  }
}

/// That one process works on a sweep. The system releases it when the process ends, however it ends.
package final class SweepLock {
  private let file: LockedFile

  /// - Throws: ``InputError`` if another process has it; ``FileError``.
  package init(_ sweep: SweepDirectory) throws {
    let name = "lock"
    guard let file = try LockedFile(name, in: sweep.folder, .readWrite) else {
      throw FileError(path: sweep.file(name), reason: "cannot be created")
    }
    guard try file.tryLock(.exclusive) else {
      throw InputError(
        "another process works on '\(sweep.path)'",
        hint: "wait for it, or start another sweep with --new")
    }
    self.file = file
  }
}

@available(*, unavailable)
extension SweepLock: Sendable {}
