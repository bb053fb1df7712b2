import Diagnostics
import ExperimentConfig
import Files
import Glibc
import RunRecord

/// The directory of a sweep, with its plan, trials and results.
package struct SweepDirectory: Sendable {
  /// The directory in which all files of the sweep and its trials are opened.
  package let folder: RootedDirectory

  package init(path: String) { folder = RootedDirectory(path) }

  package var path: String { folder.path }

  /// The path of a file, for error messages and other programs.
  package func file(_ name: String) -> String { folder.file(name) }

  package func trial(_ trial: SweepFile.Trial) -> RunDirectory { self.trial(trial.directory) }

  /// The trial whose directory has this name.
  package func trial(_ name: String) -> RunDirectory {
    RunDirectory(folder.directory("trials").directory(name))
  }

  /// The path of the log of the trial's process; its lock shows whether the process is still
  /// running.
  package func log(_ trial: SweepFile.Trial) -> String { file("logs/\(trial.directory).log") }

  /// Creates `<folder>/<name>-sweep-<UTC>-<6 hex>` exclusively for this process.
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

  /// The newest sweep in a folder that `file` continues; `nil` if there is none.
  ///
  /// - Throws: ``InputError`` for a damaged sweep of the same experiment name, since it may be the one to
  ///   continue.
  package static func continued(
    by file: SweepFile, in folder: String
  ) throws(InputError) -> SweepDirectory? {
    // A folder that does not exist yet contains no sweep.
    let names = (try? SweepCatalog.names(in: folder)) ?? []
    for name in names {
      let sweep = SweepDirectory(path: "\(folder)/\(name)")
      do throws(FileError) {
        if try sweep.read().isContinued(by: file) { return sweep }
      } catch {
        guard DatedFolder.name(of: name) == "\(file.name)-sweep" else { continue }
        throw InputError(
          "\(error)", hint: "restore the file, or start another sweep with --new")
      }
    }
    return nil
  }

  /// - Throws: ``FileError`` that names the key if `sweep.json` is missing, damaged or edited.
  package func read() throws(FileError) -> SweepFile {
    let path = file(SweepCatalog.file)
    return try RecordFile.decode(
      SweepFile.self, from: try folder.bytes(of: SweepCatalog.file, limit: RecordFile.limit),
      path: path
    ).unsealed(path: path)
  }

  package func write(_ file: SweepFile) throws {
    let bytes = try JSONText.encode(file.sealed(), pretty: true) + [UInt8(ascii: "\n")]
    try folder.write([bytes], to: SweepCatalog.file)
  }

  /// Whether a process works on the sweep.
  package var isRunning: Bool {
    guard let file = try? LockedFile("lock", in: folder, .read) else { return false }
    // A lock whose state cannot be determined counts as free.
    return (try? file.tryLock(.shared)) == false
  }

  /// The current results according to the trials' directories.
  ///
  /// - Parameter written: the results that the sweep last wrote; only they record the trials that
  ///   it stopped or could not start.
  package func table(of file: SweepFile, written: SweepTable?) -> SweepTable {
    let earlier = Dictionary(
      (written?.rows ?? []).map { ($0.trial, $0) }, uniquingKeysWith: { first, _ in first })
    let rows = file.trials.map { trial in
      let old = earlier[trial.number]
      var row = TrialDirectory(reading: self.trial(trial))
        .row(trial, file.objective, isStopped: old?.status == "stopped")
      if row.status == "planned", old?.status == "failed" { row.status = "failed" }
      if row.status != "finished" { row.reason = row.reason ?? old?.reason }
      return row
    }
    return SweepTable(file, rows: rows)
  }

  package func write(_ table: SweepTable) throws(FileError) {
    try folder.write(table.csv, to: SweepTable.name)
  }
}

/// Prevents two processes from working on the same sweep. The system releases the lock when its
/// holder exits for any reason.
package final class SweepLock {
  private let file: LockedFile

  /// - Throws: ``InputError`` if another process holds it; ``FileError``.
  package init(_ sweep: SweepDirectory) throws {
    let name = "lock"
    guard let file = try LockedFile(name, in: sweep.folder, .readWrite) else {
      throw FileError(path: sweep.file(name), reason: "cannot be created")
    }
    // A process that checks whether the sweep is running holds the lock for a moment.
    var isTaken = try file.tryLock(.exclusive)
    for _ in 0..<5 where !isTaken {
      usleep(20_000)
      isTaken = try file.tryLock(.exclusive)
    }
    guard isTaken else {
      throw InputError(
        "another process is working on '\(sweep.path)'",
        hint: "wait for it, or start another sweep with --new")
    }
    self.file = file
  }
}

@available(*, unavailable)
extension SweepLock: Sendable {}

extension SweepTable {
  package init(_ file: SweepFile, rows: [Row]) {
    self.init(
      keys: file.space.keys.map(\.label), objective: "validation_\(file.objective.key)",
      higherIsBetter: file.objective.higherIsBetter, rows: rows)
  }
}
