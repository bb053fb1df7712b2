import Diagnostics
import Files
import FoundationEssentials
import Glibc
import RunRecord

/// A folder of exported files that appears whole or not at all.
struct ExportFolder {
  private var files: [(name: String, pieces: [[UInt8]])] = []

  /// The names of its files, in the order in which they were added.
  var names: [String] { files.map(\.name) }

  var bytes: Int { files.reduce(0) { $0 + $1.pieces.reduce(0) { $0 + $1.count } } }

  mutating func add(_ text: String, to name: String) { add([Array(text.utf8)], to: name) }

  mutating func add(_ pieces: [[UInt8]], to name: String) { files.append((name, pieces)) }

  /// Refuses a path that is taken. An empty folder may be filled.
  ///
  /// - Throws: `InputError`; ``FileError`` if the folder cannot be listed.
  static func check(_ path: String) throws {
    if RunCatalog.isFile(path) {
      throw InputError("\(path) is a file", hint: "name a folder: --output FOLDER")
    }
    guard let names = try FolderListing.names(in: path) else { return }
    guard names.isEmpty else {
      throw InputError(
        "the folder \(path) is not empty, and its files are not overwritten",
        hint: "name a new folder: --output FOLDER")
    }
  }

  /// Writes the files into a folder beside `path`, which is then renamed.
  ///
  /// - Throws: ``FileError`` if that is not possible; then nothing is left.
  func write(to path: String) throws {
    var place = path
    while place.count > 1, place.hasSuffix("/") { place.removeLast() }
    let parent = place.lastIndex(of: "/").map { String(place[..<$0]) } ?? "."
    let name = place.lastIndex(of: "/").map { String(place[place.index(after: $0)...]) } ?? place
    let temporary = "\(parent)/.\(name).\(getpid()).tmp"
    guard try AtomicFile.createNewFolder(temporary) else {
      throw FileError(path: temporary, reason: "already exists")
    }
    do {
      for file in files { try AtomicFile.write(file.pieces, to: "\(temporary)/\(file.name)") }
      guard rename(temporary, place) == 0 else {
        throw FileError(path: path, attempt: "create it", code: errno)
      }
    } catch {
      try? FileManager.default.removeItem(atPath: temporary)
      throw error
    }
  }
}
