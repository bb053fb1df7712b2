import Files
import Glibc
import RunRecord

/// The files of a run with their hashes from `MANIFEST.sha256`.
struct RunFiles {
  struct File {
    var path: String
    /// Size in bytes; `nil` for a file in the manifest that does not exist.
    var size: Int?
    var hash: String?
  }

  private(set) var files: [File] = []
  private(set) var problems: [String] = []
  /// The number of files that are not listed.
  private(set) var omitted = 0

  static let limit = 500

  init(_ run: RunDirectory) {
    var hashes = manifest(of: run)
    do throws(FileError) {
      for path in try run.folder.files() where path != "report.html" && !Self.isTemporary(path) {
        let size = try run.folder.size(of: path)
        files.append(File(path: path, size: size, hash: hashes.removeValue(forKey: path)))
      }
    } catch {
      problems.append("\(error)")
    }
    for (path, hash) in hashes {
      files.append(File(path: path, size: nil, hash: hash))
      problems.append("\(path): is listed in the manifest, but missing")
    }
    files.sort { $0.path < $1.path }
    problems.sort()
    omitted = max(0, files.count - Self.limit)
    files = Array(files.prefix(Self.limit))
  }

  private static func isTemporary(_ path: String) -> Bool {
    path.split(separator: "/").contains { AtomicFile.isTemporary(String($0)) }
  }

  private mutating func manifest(of run: RunDirectory) -> [String: String] {
    do throws(FileError) {
      return try Manifest.hashes(of: run)
    } catch {
      let isMissing = error.code == ENOENT
      problems.append(
        "\(Manifest.name): "
          + (isMissing ? "is missing; it is written when a run finishes" : error.reason))
      return [:]
    }
  }
}
