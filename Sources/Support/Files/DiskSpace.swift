import Glibc

/// The free space of a file system.
package enum DiskSpace {
  /// The bytes that this user may still write below `folder`, which need not exist yet.
  ///
  /// - Returns: `nil` if the system does not say.
  package static func free(at folder: String) -> Int? {
    var path = folder.isEmpty ? "." : folder
    var status = statvfs()
    while statvfs(path, &status) != 0 {
      guard errno == ENOENT else { return nil }
      guard let slash = path.lastIndex(of: "/") else {
        path = "."
        continue
      }
      path = slash == path.startIndex ? "/" : String(path[..<slash])
    }
    return Int(
      clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        .partialValue)
  }
}
