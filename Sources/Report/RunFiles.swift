import Files
import Glibc
import RunRecord

/// The files of a run with what `MANIFEST.sha256` says of them.
struct RunFiles {
  struct File {
    var path: String
    /// Nothing where the manifest names a file that is not there.
    var size: Int?
    var hash: String?
  }

  private(set) var files: [File] = []
  private(set) var problems: [String] = []
  /// Files beyond those that are listed.
  private(set) var omitted = 0

  static let limit = 500

  init(_ run: RunDirectory) {
    var hashes = manifest(of: run)
    var found: [File] = []
    list(run.path, prefix: "", depth: 0, into: &found)
    for file in found where file.path != "report.html" {
      files.append(
        File(path: file.path, size: file.size, hash: hashes.removeValue(forKey: file.path)))
    }
    for (path, hash) in hashes {
      files.append(File(path: path, size: nil, hash: hash))
      problems.append("\(path): the manifest names it, but it is missing")
    }
    files.sort { $0.path < $1.path }
    problems.sort()
    omitted = max(0, files.count - Self.limit)
    files = Array(files.prefix(Self.limit))
  }

  static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0
  }

  /// The names in a folder; none where it cannot be listed.
  static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let item = readdir(stream) { names.append(name(of: item)) }
    return names
  }

  private static func name(of item: UnsafeMutablePointer<dirent>) -> String {
    withUnsafePointer(to: &item.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
  }

  /// `1.2 MB`.
  static func size(_ bytes: Int) -> String {
    for (unit, name) in [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")] where bytes >= unit {
      let tenths = (bytes * 10 + unit / 2) / unit
      return "\(tenths / 10).\(tenths % 10) \(name)"
    }
    return "\(bytes) B"
  }

  private mutating func manifest(of run: RunDirectory) -> [String: String] {
    let path = run.file(Manifest.name)
    guard Self.exists(path) else {
      problems.append("\(Manifest.name): is missing; it is written when a run finishes")
      return [:]
    }
    var hashes: [String: String] = [:]
    do throws(FileError) {
      let text = String(decoding: try FileReading.bytes(of: path, limit: 1 << 26), as: UTF8.self)
      for line in text.split(separator: "\n") {
        let isEscaped = line.hasPrefix("\\")
        let body = isEscaped ? line.dropFirst() : line
        guard let space = body.firstIndex(of: " "),
          body.distance(from: body.startIndex, to: space) == 64
        else { continue }
        let name = body[space...].dropFirst(2)
        hashes[isEscaped ? Self.unescaped(name) : String(name)] = String(body[..<space])
      }
    } catch {
      problems.append("\(Manifest.name): \(error.reason)")
    }
    return hashes
  }

  private static func unescaped(_ name: Substring) -> String {
    var result = ""
    var isEscaped = false
    for scalar in name.unicodeScalars {
      if isEscaped {
        result.unicodeScalars.append(scalar == "n" ? "\n" : scalar == "r" ? "\r" : scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Regular files below a folder; links to folders are not followed.
  private mutating func list(
    _ folder: String, prefix: String, depth: Int, into found: inout [File]
  ) {
    guard depth < 8, let stream = opendir(folder) else {
      if depth < 8 { problems.append("\(prefix.isEmpty ? "the run" : prefix): cannot be listed") }
      return
    }
    defer { closedir(stream) }
    while let item = readdir(stream) {
      let name = Self.name(of: item)
      if name == "." || name == ".." || AtomicFile.isTemporary(name) { continue }
      var status = stat()
      guard lstat("\(folder)/\(name)", &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR:
        list("\(folder)/\(name)", prefix: prefix + name + "/", depth: depth + 1, into: &found)
      case S_IFREG: found.append(File(path: prefix + name, size: Int(status.st_size), hash: nil))
      default: break
      }
    }
  }
}
