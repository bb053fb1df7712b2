import Files
import Glibc

/// A lock between processes. The system releases it when its holder exits for any reason.
package enum FileLock {
  /// Runs `body` while no other process runs one under the lock file at `path`, which is created if it is
  /// missing and stays. `waiting` is called once if another process holds the lock.
  ///
  /// - Throws: `FileError` if the lock file cannot be used, `CancellationError` if the task is cancelled
  ///   while it waits, and errors of `body`.
  package static func withLock<Value>(
    at path: String, waiting: () -> Void, _ body: () async throws -> Value
  ) async throws -> Value {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw FileError(path: path, attempt: "open the lock file", code: errno)
    }
    defer { close(descriptor) }
    var saidSo = false
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      guard errno == EWOULDBLOCK else {
        throw FileError(path: path, attempt: "lock it", code: errno)
      }
      if !saidSo { waiting() }
      saidSo = true
      try await Task.sleep(for: .milliseconds(100))
    }
    return try await body()
  }
}
