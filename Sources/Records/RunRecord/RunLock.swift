import Diagnostics
import ExperimentConfig
import Files
import Glibc

/// Prevents two programs from working on the same run directory. The system releases the lock when
/// its holder exits for any reason; the file's contents are for users and for other machines.
package final class RunLock {
  /// The process that works on the directory.
  struct Holder: Codable {
    var host: String
    var pid: Int32
    /// The boot id; a different one means that the machine was restarted and nobody holds the lock.
    var boot: String
    var since: String

    var description: String { "process \(pid) on \(host) since \(since)" }

    /// Whether the lock itself is inconclusive, because another machine may hold it.
    var isElsewhere: Bool {
      host != HostName.current && (boot != RunLock.boot || boot.isEmpty)
    }
  }

  /// The name of the lock file, and that of the lock that the worker holds.
  package static let names = [".lock", ".worker.lock"]

  private let run: RootedDirectory
  private let name: String
  private var file: LockedFile?

  private init(_ file: LockedFile, _ name: String, of run: RunDirectory) {
    self.file = file
    self.name = name
    self.run = run.folder
  }

  /// Acquires the lock for a program that runs, resumes or finishes a run.
  ///
  /// - Parameter takesOver: takes the lock even if it names another machine.
  /// - Throws: ``InputError`` that says who works on the run.
  package static func acquire(_ run: RunDirectory, takesOver: Bool = false) throws -> RunLock {
    switch try attempt(run, takesOver) {
    case .taken(let lock): return lock
    case .held(let holder):
      throw InputError("the run '\(run.path)' is in use\(by(holder))")
    }
  }

  /// Acquires the lock for a caller that prefers to wait, such as a requeued cluster job whose
  /// previous process is still writing.
  ///
  /// - Parameter tell: called once, with who works on the run, if it has to wait.
  package static func acquireWhenFree(
    _ run: RunDirectory, takesOver: Bool, _ tell: (String) -> Void
  ) async throws -> RunLock {
    var isFirst = true
    while true {
      switch try attempt(run, takesOver) {
      case .taken(let lock): return lock
      case .held(let holder):
        if isFirst { tell("the run '\(run.path)' is in use\(by(holder)); waiting") }
        isFirst = false
        try await Task.sleep(for: .milliseconds(500))
      }
    }
  }

  private enum Attempt {
    case taken(RunLock)
    case held(Holder?)
  }

  private static func attempt(_ run: RunDirectory, _ takesOver: Bool) throws -> Attempt {
    let name = names[0]
    while let file = try LockedFile(name, in: run.folder, .readWrite) {
      let holder = read(file)
      guard try isTaken(file) else { return .held(holder) }
      // Its last holder may have removed it between opening and locking.
      guard try file.isStillNamed() else { continue }
      // A renamed machine still has its boot id, and the lock itself is then conclusive.
      if let holder, holder.isElsewhere, !takesOver {
        throw InputError(
          "the run '\(run.path)' is in use\(by(holder)), another machine",
          hint: "if that is no longer the case, use --take-over")
      }
      if try file.status().st_nlink > 1 {
        // Writing would also change a hard link in another directory.
        try run.folder.remove(name)
        continue
      }
      try write(
        Holder(
          host: HostName.current, pid: getpid(), boot: boot, since: UTCTime.iso(UTCTime.now())),
        to: file)
      return .taken(RunLock(file, name, of: run))
    }
    throw FileError(path: run.file(name), reason: "cannot be opened")
  }

  /// Takes the lock. Checking whether it is held takes it for a moment, so this retries.
  private static func isTaken(_ file: LockedFile) throws -> Bool {
    for _ in 0..<5 {
      if try file.tryLock(.exclusive) { return true }
      usleep(10_000)
    }
    return try file.tryLock(.exclusive)
  }

  /// Acquires the lock for a worker. Its front program may have been killed and restarted before
  /// the previous worker noticed, so this waits for that worker to exit.
  package static func forWorker(_ run: RunDirectory) async throws -> RunLock {
    let name = names[1]
    for _ in 0..<300 {
      guard let file = try LockedFile(name, in: run.folder, .readWrite) else { break }
      if try file.tryLock(.exclusive), try file.isStillNamed() {
        if try file.status().st_nlink == 1 { return RunLock(file, name, of: run) }
        try run.folder.remove(name)
        continue
      }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw InputError("another worker is still running in '\(run.path)'")
  }

  /// Releases the directory.
  package func release() {
    guard file != nil else { return }
    do throws(FileError) {
      // Remove the file while holding the lock, so that nobody else holds the removed file.
      try run.remove(name)
    } catch {
      // A leftover lock file without a holder blocks nobody.
    }
    file = nil
  }

  private static func by(_ holder: Holder?) -> String {
    holder.map { " by \($0.description)" } ?? ""
  }

  private static func read(_ file: LockedFile) -> Holder? {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    do {
      let count = try bytes.withUnsafeMutableBytes { buffer throws(FileError) in
        try file.read(at: 0, into: buffer)
      }
      return try JSONText.decode(Holder.self, from: Array(bytes[..<count]))
    } catch {
      // Its contents are informational; a half-written or empty file is ignored.
      return nil
    }
  }

  private static func write(_ holder: Holder, to file: LockedFile) throws {
    guard ftruncate(file.descriptor, 0) == 0 else {
      throw FileError(path: file.path, attempt: "write it", code: errno)
    }
    lseek(file.descriptor, 0, SEEK_SET)
    try AtomicFile.append(JSONText.encode(holder), to: file.descriptor, path: file.path)
  }

  /// Changes with every boot of this machine; empty if the system does not report it.
  static let boot: String = {
    do throws(FileError) {
      let text = try FileReading.bytes(of: "/proc/sys/kernel/random/boot_id", limit: 100)
      return String(decoding: text.prefix(36), as: UTF8.self)
    } catch {
      return ""
    }
  }()
}

extension RunLock {
  /// Whether somebody is working on a run, as far as this machine can tell.
  enum Occupation: Equatable {
    case nobody
    case somebody
    /// A description of what cannot be determined from here.
    case unknown(String)
  }

  /// Checks whether the locks of a run are held, without keeping anybody from taking them.
  static func occupation(of run: RunDirectory) -> Occupation {
    var result = Occupation.nobody
    do {
      for name in names {
        guard let file = try LockedFile(name, in: run.folder, .read) else { continue }
        guard try file.tryLock(.shared) else { return .somebody }
        if let holder = read(file), holder.isElsewhere {
          result = .unknown(
            "\(holder.description), which cannot be checked from \(HostName.current)")
        }
      }
    } catch {
      result = .unknown("\(error)")
    }
    return result
  }
}

@available(*, unavailable)
extension RunLock: Sendable {}
