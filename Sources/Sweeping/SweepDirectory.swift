import Diagnostics
import ExperimentConfig
import Files
import Glibc
import RunRecord

/// The directory that is a sweep: its plan, its trials, its results.
package struct SweepDirectory: Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  package func file(_ name: String) -> String { "\(path)/\(name)" }

  package func trial(_ trial: SweepFile.Trial) -> RunDirectory {
    RunDirectory(path: file("trials/\(trial.directory)"))
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
    for part in ["trials", "logs"] { try AtomicFile.createFolder("\(path)/\(part)") }
    return SweepDirectory(path: path)
  }

  /// The newest sweep in a folder that `file` continues; damaged ones are passed over.
  package static func continued(by file: SweepFile, in folder: String) -> SweepDirectory? {
    let names = (try? SweepCatalog.names(in: folder)) ?? []
    return names.lazy.map { SweepDirectory(path: "\(folder)/\($0)") }
      .first { (try? $0.read().isContinued(by: file)) ?? false }
  }

  /// - Throws: ``FileError`` where `sweep.json` is missing or damaged.
  package func read() throws(FileError) -> SweepFile {
    let name = file(SweepCatalog.file)
    let bytes = try FileReading.bytes(of: name, limit: 1 << 28)
    do {
      return try JSONText.decode(SweepFile.self, from: bytes)
    } catch {
      throw FileError(path: name, reason: "is not what this program writes")
    }
  }

  package func write(_ file: SweepFile) throws {
    let bytes = try JSONText.encode(file, pretty: true) + [UInt8(ascii: "\n")]
    try AtomicFile.write(bytes, to: self.file(SweepCatalog.file))
  }

  /// Whether a process works on the sweep.
  package var isRunning: Bool {
    guard let file = try? LockedFile(self.file("lock"), .read) else { return false }
    // A lock that cannot be asked about is not known to be held.
    return (try? file.tryLock(.shared)) == false
  }

  /// The results as the trials' directories have them now.
  ///
  /// - Parameter written: the results as the sweep wrote them last: only that knows which trials it
  ///   stopped, or could not begin.
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
    try AtomicFile.write(table.csv, to: file(SweepTable.name))
  }
}

/// Keeps two processes from working on one sweep. The system releases it when its holder ends, however
/// that ends.
package final class SweepLock: Sendable {
  private let descriptor: Int32

  /// - Throws: ``InputError`` where another process has it; ``FileError``.
  package init(_ sweep: SweepDirectory) throws {
    let path = sweep.file("lock")
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(path: path, attempt: "open it", code: errno) }
    // Whoever only asks whether the sweep is running holds it for a moment.
    var attempts = 0
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      let code = errno
      attempts += 1
      if code == EWOULDBLOCK, attempts < 5 {
        usleep(20_000)
        continue
      }
      close(descriptor)
      if code == EWOULDBLOCK {
        throw InputError(
          "another process works on '\(sweep.path)'",
          hint: "wait for it, or start another sweep with --new")
      }
      throw FileError(path: path, attempt: "lock it", code: code)
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}

extension SweepTable {
  package init(_ file: SweepFile, rows: [Row]) {
    self.init(
      keys: file.space.keys.map(\.label), objective: "validation_\(file.objective.key)",
      higherIsBetter: file.objective.higherIsBetter, rows: rows)
  }
}
