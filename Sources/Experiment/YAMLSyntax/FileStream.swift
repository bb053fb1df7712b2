#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file opened for reading, which never reads more than requested, since a pipe or device may be
/// endless.
final class FileStream {
  private let descriptor: Int32

  init?(_ path: String) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { return nil }
  }

  /// The file that an open descriptor refers to, which stays open.
  init?(copying descriptor: Int32) {
    self.descriptor = dup(descriptor)
    if self.descriptor < 0 { return nil }
  }

  static func isRegular(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  deinit { close(descriptor) }

  /// Up to `limit` bytes from the current position; `nil` if reading fails.
  func read(atMost limit: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: limit)
    var filled = 0
    while filled < limit {
      let count = bytes.withUnsafeMutableBytes {
        #if canImport(Glibc)
          Glibc.read(descriptor, $0.baseAddress! + filled, limit - filled)
        #else
          Darwin.read(descriptor, $0.baseAddress! + filled, limit - filled)
        #endif
      }
      if count < 0 && errno == EINTR { continue }
      if count < 0 { return nil }
      if count == 0 { break }
      filled += count
    }
    bytes.removeLast(limit - filled)
    return bytes
  }
}
