import Files
import Glibc

/// `MANIFEST.sha256`: the hash of every result of a run that does not depend on the clock, in the form
/// that `sha256sum --check` reads.
///
/// Two runs with one identity have one manifest. `experiment.yaml` and `resolved.yaml` are therefore
/// not in it: one experiment can be spelled in many ways, and origins tell them apart. What they mean
/// is in the identity, which `summary.json` holds. Nor are the plots: they carry the run's name, and
/// depend on the machine's gnuplot and fonts.
package enum Manifest {
  package static let name = "MANIFEST.sha256"

  /// Files that depend on the clock, the machine or the spelling, of the run or of one of its parts.
  static func isExcluded(_ path: String) -> Bool {
    if let slash = path.firstIndex(of: "/"), RunParts.kind(path[..<slash]) != nil {
      return isExcluded(String(path[path.index(after: slash)...]))
    }
    return [
      name, "experiment.yaml", "resolved.yaml", "run.json", "timings.jsonl", "log.txt",
      "source.patch", "report.html", ".lock", ".worker.lock",
    ].contains(path)
      || path.hasPrefix("plots/") || path.hasPrefix("checkpoints/")
      || path.hasPrefix("slurm/") || path.hasPrefix("events.out.tfevents")
  }

  /// Hashes the files of a finished run and writes the manifest.
  package static func write(for run: RunDirectory) throws {
    var text = ""
    for path in try files(below: run.path, prefix: "").sorted() where !isExcluded(path) {
      text += line(try Digest.hex(ofFile: run.file(path)), path)
    }
    try run.write(text, to: name)
  }

  /// As `sha256sum` writes it: a name that would break the line is escaped, a backslash in front of
  /// the line says so.
  private static func line(_ hash: String, _ path: String) -> String {
    var escaped = ""
    for scalar in path.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\r": escaped += "\\r"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return (escaped == path ? "" : "\\") + "\(hash)  \(escaped)\n"
  }

  private static func files(below folder: String, prefix: String) throws(FileError) -> [String] {
    guard let stream = opendir(folder) else {
      throw FileError(path: folder, attempt: "list it", code: errno)
    }
    defer { closedir(stream) }
    var found: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno == 0 { return found }
        throw FileError(path: folder, attempt: "list it", code: errno)
      }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." || AtomicFile.isTemporary(name) { continue }
      var status = stat()
      guard lstat("\(folder)/\(name)", &status) == 0 else {
        throw FileError(path: "\(folder)/\(name)", attempt: "look at it", code: errno)
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: found += try files(below: "\(folder)/\(name)", prefix: "\(prefix)\(name)/")
      case S_IFREG: found.append(prefix + name)
      default: break
      }
    }
  }
}

extension Manifest {
  /// The recorded hash of a file of a run; nothing where there is no manifest, or it is not in it.
  package static func hash(
    of path: String, in run: RunDirectory
  ) throws(FileError) -> String? {
    guard RunCatalog.isFile(run.file(name)) else { return nil }
    let text = String(decoding: try FileReading.bytes(of: run.file(name)), as: UTF8.self)
    let entry = text.split(separator: "\n").first { $0.dropFirst(64) == "  \(path)" }
    return entry.map { String($0.prefix(64)) }
  }
}
