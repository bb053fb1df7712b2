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

  /// The youngest sweep in a folder that `file` goes on with; damaged ones are passed over.
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

  package func write(_ table: SweepTable) throws(FileError) {
    try AtomicFile.write(table.csv, to: file(SweepTable.name))
  }
}

/// That one process works on a sweep. The system gives it up when the process ends, however it ends.
package final class SweepLock: Sendable {
  private let descriptor: Int32

  /// - Throws: ``InputError`` where another process has it; ``FileError``.
  package init(_ sweep: SweepDirectory) throws {
    let path = sweep.file("lock")
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(path: path, attempt: "open it", code: errno) }
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      let code = errno
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
