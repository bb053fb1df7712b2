import ExperimentConfig
import Files
import FoundationEssentials
import Glibc

/// The directory that a run leaves behind.
package struct RunDirectory: Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  /// Creates `<folder>/<name>-<UTC>-<6 hex>` for this process alone; see ``DatedFolder``.
  ///
  /// - Throws: ``FileError`` where the folder cannot be written.
  package static func create(
    in folder: String, name: String, identity: Identity
  ) throws(FileError) -> RunDirectory {
    RunDirectory(path: try DatedFolder.create(in: folder, name: name, hash: identity.short))
  }

  /// Removes the directory again, as far as that is possible, where a run could not even begin.
  package func remove() {
    for name in ["experiment.yaml", "resolved.yaml", "source.patch", "run.json", ".lock"] {
      unlink(file(name))
    }
    rmdir(path)
  }

  /// Removes the event files of a start that left no checkpoint.
  package func removeEventFiles() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: path)
    where name.hasPrefix("events.out.tfevents.") {
      unlink(file(name))
    }
  }

  /// Removes the unfinished files that killed writers have left, here and below. Nobody else may be
  /// writing here.
  package func removeTemporaries() throws {
    for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
      guard let last = name.split(separator: "/").last, AtomicFile.isTemporary(String(last)) else {
        continue
      }
      if unlink(file(name)) != 0 {
        throw FileError(path: file(name), attempt: "remove it", code: errno)
      }
    }
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

  package func readInfo() throws(FileError) -> RunInfo { try read(RunInfo.self, "run.json") }

  package func readSummary() throws(FileError) -> RunSummary {
    try read(RunSummary.self, "summary.json")
  }

  private func read<Value: Decodable>(_ type: Value.Type, _ name: String) throws(FileError) -> Value
  {
    let bytes = try FileReading.bytes(of: file(name))
    do {
      return try JSONText.decode(type, from: bytes)
    } catch let error as DecodingError {
      throw FileError(path: file(name), reason: "is not what this program writes: \(error.inWords)")
    } catch {
      throw FileError(path: file(name), reason: "is not what this program writes")
    }
  }
}

extension DecodingError {
  /// Where and what, such as `threads: no such key`.
  fileprivate var inWords: String {
    func at(_ path: [any CodingKey], _ text: String) -> String {
      let place = path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
      return place.isEmpty ? text : "\(place): \(text)"
    }
    switch self {
    case .keyNotFound(let key, let context): return at(context.codingPath + [key], "is missing")
    case .valueNotFound(_, let context): return at(context.codingPath, "has no value")
    case .typeMismatch(_, let context): return at(context.codingPath, "is of another type")
    case .dataCorrupted(let context): return at(context.codingPath, "is damaged")
    @unknown default: return "cannot be read"
    }
  }
}
