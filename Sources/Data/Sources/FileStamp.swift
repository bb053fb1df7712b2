import Glibc

/// Changes whenever a file does, as far as its directory entry shows.
struct FileStamp: Hashable, Sendable {
  let text: String

  /// - Returns: `nil` for a folder, whose own date says nothing of the files in it, and if there is no file.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    text =
      "\(status.st_dev)-\(status.st_ino)-\(status.st_size)-\(status.st_mtim.tv_sec)."
      + "\(status.st_mtim.tv_nsec)"
  }
}
