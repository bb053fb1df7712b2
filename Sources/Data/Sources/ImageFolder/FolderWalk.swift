import DataSchema
import Glibc

/// Lists all files below a folder.
enum FolderWalk {
  /// The files below `root`, in no order. Hidden files and folders are left out; symbolic links are followed,
  /// folders that contain themselves only once. What cannot be read is listed with its problem.
  ///
  /// - Throws: ``DataError`` if the folder itself cannot be read.
  static func files(in root: String) throws(DataError) -> [ListedFile] {
    guard let path = strdup(root) else {
      throw DataError(path: root, attempt: "list it", code: ENOMEM)
    }
    defer { free(path) }
    let paths: [UnsafeMutablePointer<CChar>?] = [path, nil]
    guard let walk = fts_open(paths, FTS_LOGICAL | FTS_NOCHDIR, nil) else {
      throw DataError(path: root, attempt: "list it", code: errno)
    }
    defer { fts_close(walk) }
    var files: [ListedFile] = []
    let skipped = root.utf8.count + (root.hasSuffix("/") ? 0 : 1)
    while true {
      errno = 0
      guard let entry = fts_read(walk) else {
        if errno != 0 { throw DataError(path: root, attempt: "list it", code: errno) }
        return files
      }
      let level = entry.pointee.fts_level
      if level > 0, isHidden(entry) {
        fts_set(walk, entry, FTS_SKIP)
        continue
      }
      guard let problem = problem(entry) else { continue }
      if level == 0 {
        throw DataError(path: root, reason: problem.isEmpty ? "is not a folder" : problem)
      }
      let bytes = UnsafeBufferPointer(
        start: entry.pointee.fts_path, count: Int(entry.pointee.fts_pathlen)
      ).dropFirst(skipped).map { UInt8(bitPattern: $0) }
      let status = entry.pointee.fts_statp.pointee
      var file = ListedFile(
        path: String(decoding: bytes, as: UTF8.self), size: Int(status.st_size),
        stamp: Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec))
      if !problem.isEmpty {
        (file.size, file.stamp, file.problem) = (0, 0, problem)
      } else if String(validating: bytes, as: UTF8.self) == nil {
        file.problem = "the name is not valid UTF-8"
      }
      files.append(file)
    }
  }

  private static func isHidden(_ entry: UnsafeMutablePointer<FTSENT>) -> Bool {
    let name = entry.pointer(to: \.fts_path).map { path in
      path.pointee + Int(entry.pointee.fts_pathlen) - Int(entry.pointee.fts_namelen)
    }
    return name?.pointee == CChar(UInt8(ascii: "."))
  }

  /// What is wrong with a file, empty if nothing is; `nil` for what is no file.
  private static func problem(_ entry: UnsafeMutablePointer<FTSENT>) -> String? {
    switch Int32(entry.pointee.fts_info) {
    case FTS_F: ""
    case FTS_D, FTS_DP, FTS_DC: nil
    case FTS_SLNONE: "is a symbolic link that leads nowhere"
    case FTS_DNR, FTS_ERR, FTS_NS:
      "cannot be read: \(String(cString: strerror(entry.pointee.fts_errno)))"
    default: "is not a regular file"
    }
  }
}
