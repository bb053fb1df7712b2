import ExperimentConfig
import Files
import Glibc

/// The directory that a run leaves behind.
package struct RunDirectory: Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  /// Creates `<folder>/<name>-<UTC>-<6 hex>` for this process alone.
  ///
  /// - Throws: ``FileError`` where the folder cannot be written.
  package static func create(
    in folder: String, name: String, identity: Identity
  ) throws(FileError) -> RunDirectory {
    try AtomicFile.createFolder(folder)
    // Two starts of one experiment in one second: the later one takes the next second.
    for _ in 0..<100 {
      let path = "\(folder)/\(name)-\(UTCTime.compact(UTCTime.now()))-\(identity.short)"
      if mkdir(path, 0o777) == 0 { return RunDirectory(path: path) }
      if errno != EEXIST { throw FileError(path: path, attempt: "create it", code: errno) }
      usleep(200_000)
    }
    throw FileError(path: folder, reason: "no new run directory could be created in it")
  }

  package func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file whole or not at all, with the folders on its way.
  package func write(_ pieces: [[UInt8]], to name: String) throws(FileError) {
    if let slash = name.lastIndex(of: "/") {
      try AtomicFile.createFolder(file(String(name[..<slash])))
    }
    try AtomicFile.write(pieces, to: file(name))
  }

  package func write(_ text: String, to name: String) throws(FileError) {
    try write([Array(text.utf8)], to: name)
  }

  /// Writes indented JSON with sorted keys.
  package func write(json value: some Encodable, to name: String) throws {
    try write([JSONText.encode(value, pretty: true) + [UInt8(ascii: "\n")]], to: name)
  }

  package func readInfo() throws -> RunInfo {
    try JSONText.decode(RunInfo.self, from: FileReading.bytes(of: file("run.json")))
  }

  package func readSummary() throws -> RunSummary {
    try JSONText.decode(RunSummary.self, from: FileReading.bytes(of: file("summary.json")))
  }
}
