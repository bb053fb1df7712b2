import ExperimentConfig
import Files
import Glibc

/// The directory of a run. It may come from an untrusted source, so its files are opened such that
/// no link or recorded name leads outside it.
package struct RunDirectory: Sendable {
  /// The directory in which all files of the run are opened.
  package let folder: RootedDirectory

  package init(path: String) { folder = RootedDirectory(path) }

  /// A run within another directory, such as a trial in its sweep.
  package init(_ folder: RootedDirectory) { self.folder = folder }

  package var path: String { folder.path }

  /// The directory of a fold or a seed of this run.
  package func part(_ name: String) -> RunDirectory { RunDirectory(folder.directory(name)) }

  /// The file with the run's model card.
  package static let card = "card.md"

  /// Creates `<folder>/<name>-<UTC>-<6 hex>` exclusively for this process; see ``DatedFolder``.
  ///
  /// - Throws: ``FileError`` if the folder is not writable.
  package static func create(
    in folder: String, name: String, identity: Identity
  ) throws(FileError) -> RunDirectory {
    RunDirectory(path: try DatedFolder.create(in: folder, name: name, hash: identity.short))
  }

  /// Removes the directory, as far as possible, after a run failed to start.
  package func remove() {
    for name in [
      "experiment.yaml", "resolved.yaml", "source.patch", "modules", "run.json", ".lock",
    ] {
      do throws(FileError) {
        try folder.remove(name)
      } catch {
        // What remains is not a run, and the reason for the failed start matters more.
        continue
      }
    }
    rmdir(path)
  }

  /// Removes the event files of an attempt that left no checkpoint.
  package func removeEventFiles() throws(FileError) {
    for name in try folder.names() where name.hasPrefix("events.out.tfevents.") {
      try folder.remove(name)
    }
  }

  /// Removes the unfinished files of killed writers, recursively. Nobody else may be writing here.
  package func removeTemporaries() throws(FileError) {
    for name in try folder.files() {
      guard let last = name.split(separator: "/").last, AtomicFile.isTemporary(String(last)) else {
        continue
      }
      try folder.remove(name)
    }
  }

  /// The path of a file, for error messages and for other programs. Files are read by ``bytes(of:limit:)``
  /// and ``open(_:)``.
  package func file(_ name: String) -> String { folder.file(name) }

  /// Opens a regular file of the run for reading.
  package func open(_ name: String) throws(FileError) -> OpenedFile { try folder.open(name) }

  /// The contents of a regular file of the run.
  package func bytes(of name: String, limit: Int = 1 << 34) throws(FileError) -> [UInt8] {
    try folder.bytes(of: name, limit: limit)
  }

  /// Whether there is a regular file of this name.
  package func isFile(_ name: String) -> Bool { folder.isFile(name) }

  /// Whether there is a directory of this name.
  package func isFolder(_ name: String) -> Bool { folder.isFolder(name) }

  /// Writes a file atomically, creating the folders on its path.
  package func write(_ pieces: [[UInt8]], to name: String) throws(FileError) {
    try folder.write(pieces, to: name)
  }

  package func write(_ text: String, to name: String) throws(FileError) {
    try write([Array(text.utf8)], to: name)
  }

  /// Writes indented JSON with sorted keys.
  package func write(json value: some Encodable, to name: String) throws {
    try write([JSONText.encode(value, pretty: true) + [UInt8(ascii: "\n")]], to: name)
  }

  package func readInfo() throws(FileError) -> RunInfo { try read(RunInfo.self, "run.json") }

  package func readSummary() throws(FileError) -> RunSummary {
    try read(RunSummary.self, "summary.json")
  }

  private func read<Value: CheckedRecord>(
    _ type: Value.Type, _ name: String
  ) throws(FileError) -> Value {
    try RecordFile.decode(
      type, from: try bytes(of: name, limit: RecordFile.limit), path: file(name))
  }
}

extension RunDirectory {
  /// The identity prefix in a directory's name, `<experiment>-<UTC>-<6 hex>`; `nil` for a name of
  /// another form.
  package static func shortIdentity(inName name: String) -> String? {
    guard RunName(name).time != nil, let last = name.split(separator: "-").last,
      last.utf8.count == 6,
      last.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else { return nil }
    return String(last)
  }
}
