import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import Glibc

/// Keeps two programs from working on one run directory. The system lets go of the lock when its
/// holder ends, however that ends; what the file says is for people, and for other machines.
package final class RunLock {
  /// Who works on the directory.
  struct Holder: Codable {
    var host: String
    var pid: Int32
    /// Another one means that the machine was started anew and nobody holds the lock.
    var boot: String
    var since: String
  }

  private var file: LockedFile?

  private init(_ file: LockedFile) { self.file = file }

  /// For the program that runs, resumes or finishes a run.
  ///
  /// - Parameter takesOver: takes the lock also where another machine's name is in it.
  /// - Throws: ``InputError`` that says who works on it.
  package static func acquire(_ run: RunDirectory, takesOver: Bool = false) throws -> RunLock {
    switch try attempt(run, takesOver) {
    case .taken(let lock): return lock
    case .held(let holder):
      throw InputError("the run '\(run.path)' is being worked on\(inWords(holder))")
    }
  }

  /// The same for those who would rather wait than be refused, such as a task that a cluster has put
  /// back into its queue while the process of its last life still writes.
  ///
  /// - Parameter tell: called once, with who works on the run, where there is something to wait for.
  package static func acquireWhenFree(
    _ run: RunDirectory, takesOver: Bool, _ tell: (String) -> Void
  ) async throws -> RunLock {
    var isFirst = true
    while true {
      switch try attempt(run, takesOver) {
      case .taken(let lock): return lock
      case .held(let holder):
        if isFirst { tell("the run '\(run.path)' is being worked on\(inWords(holder)); waiting") }
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
    let host = HostName.current
    while let file = try LockedFile(run.file(".lock"), .readWrite) {
      let holder = read(file)
      guard try file.tryLock(.exclusive) else { return .held(holder) }
      // Its last holder may have removed it between opening and locking.
      guard try file.isStillNamed() else { continue }
      // A machine that has got another name still has its boot id, and the lock itself is then proof.
      if let holder, holder.host != host, holder.boot != boot || boot.isEmpty, !takesOver {
        throw InputError(
          "the run '\(run.path)' is being worked on\(inWords(holder)), another machine",
          hint: "if that is not so any more: --take-over")
      }
      try write(
        Holder(host: host, pid: getpid(), boot: boot, since: UTCTime.iso(UTCTime.now())), to: file)
      return .taken(RunLock(file))
    }
    throw FileError(path: run.file(".lock"), reason: "cannot be opened")
  }

  /// For a worker: its front program may have been killed and started again before it noticed, so the
  /// next one waits for the last to end.
  package static func forWorker(_ run: RunDirectory) async throws -> RunLock {
    let path = run.file(".worker.lock")
    for _ in 0..<300 {
      guard let file = try LockedFile(path, .readWrite) else { break }
      if try file.tryLock(.exclusive), try file.isStillNamed() { return RunLock(file) }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw InputError("another worker still computes in '\(run.path)'")
  }

  /// Lets go of the directory.
  package func release() {
    // While it is still held, so that nobody else can hold what is removed.
    if let file { unlink(file.path) }
    file = nil
  }

  private static func inWords(_ holder: Holder?) -> String {
    holder.map { " by process \($0.pid) on \($0.host) since \($0.since)" } ?? ""
  }

  private static func read(_ file: LockedFile) -> Holder? {
    guard let bytes = try? FileReading.bytes(of: file.path, limit: 1 << 16), !bytes.isEmpty else {
      return nil
    }
    return try? JSONText.decode(Holder.self, from: bytes)
  }

  private static func write(_ holder: Holder, to file: LockedFile) throws {
    guard ftruncate(file.descriptor, 0) == 0 else {
      throw FileError(path: file.path, attempt: "write it", code: errno)
    }
    lseek(file.descriptor, 0, SEEK_SET)
    try AtomicFile.append(JSONText.encode(holder), to: file.descriptor, path: file.path)
  }

  private static var boot: String {
    let text = try? FileReading.bytes(of: "/proc/sys/kernel/random/boot_id", limit: 100)
    return text.map { String(decoding: $0.prefix(36), as: UTF8.self) } ?? ""
  }
}

@available(*, unavailable)
extension RunLock: Sendable {}
