import Files
import Glibc

/// `MANIFEST.sha256`: the hash of every file of a run that does not depend on the clock, in the form
/// that `sha256sum --check` reads.
package enum Manifest {
  package static let name = "MANIFEST.sha256"

  /// Files that depend on the clock or on the machine.
  static func isExcluded(_ path: String) -> Bool {
    [name, "run.json", "timings.jsonl", "log.txt", "source.patch", "report.html"].contains(path)
      || path.hasPrefix("checkpoints/") || path.hasPrefix("events.out.tfevents")
  }

  /// Hashes the files of a finished run and writes the manifest.
  package static func write(for run: RunDirectory) throws {
    var text = ""
    for path in try files(below: run.path, prefix: "").sorted() where !isExcluded(path) {
      text += "\(Digest.hex(of: try FileReading.bytes(of: run.file(path))))  \(path)\n"
    }
    try run.write(text, to: name)
  }

  private static func files(below folder: String, prefix: String) throws(FileError) -> [String] {
    guard let stream = opendir(folder) else {
      throw FileError(path: folder, attempt: "list it", code: errno)
    }
    defer { closedir(stream) }
    var found: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." || name.hasSuffix(".tmp") { continue }
      var status = stat()
      guard lstat("\(folder)/\(name)", &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: found += try files(below: "\(folder)/\(name)", prefix: "\(prefix)\(name)/")
      case S_IFREG: found.append(prefix + name)
      default: break
      }
    }
    return found
  }
}
