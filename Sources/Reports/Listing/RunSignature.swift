import Glibc
import RunRecord

/// When the files that a listing reads were last changed. Any change of one of them changes it: they are
/// replaced, which changes the inode, or written to, which changes time or size.
struct RunSignature: Equatable, Sendable {
  struct File: Equatable, Sendable {
    var seconds: Int64 = 0
    var nanoseconds: Int64 = 0
    /// -1 if there is no such file.
    var size: Int64 = -1
    var inode: UInt64 = 0
  }

  static let names = ["run.json", "summary.json", "resolved.yaml", RunAnnotations.name]

  var files: [File]

  init(files: [File]) { self.files = files }

  init(of path: String) {
    files = Self.names.map { name in
      var status = stat()
      guard lstat("\(path)/\(name)", &status) == 0 else { return File() }
      return File(
        seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int64(status.st_mtim.tv_nsec),
        size: Int64(status.st_size), inode: UInt64(status.st_ino))
    }
  }
}
