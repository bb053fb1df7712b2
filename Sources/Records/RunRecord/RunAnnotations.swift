import ExperimentConfig
import Files
import Glibc

/// `annotations.json`: the tags and notes that people gave a run or a sweep. They are not results: no manifest
/// lists them, and no command but those that show runs reads them.
package struct RunAnnotations: CheckedRecord, Encodable, Sendable, Equatable {
  package struct Note: Codable, Sendable, Equatable {
    /// When it was written, such as `2026-11-23T01:19:59Z`.
    package var time: String
    package var text: String

    package init(time: String, text: String) {
      self.time = time
      self.text = text
    }
  }

  package static let name = "annotations.json"
  /// Held while the file is changed, so that no change is lost.
  static let lock = ".annotations.lock"
  /// The maximum size of the file in bytes.
  private static let limit = 1 << 24

  private var format = 1
  /// Sorted, without duplicates.
  package private(set) var tags: [String] = []
  /// In the order in which they were written.
  package private(set) var notes: [Note] = []

  package init() {}

  package var isEmpty: Bool { tags.isEmpty && notes.isEmpty }

  package func check() throws(RecordProblem) {
    try RecordProblem.require("format", format, in: 1...1)
    for (index, tag) in tags.enumerated() where RunTag.problem(of: tag) != nil {
      throw RecordProblem("tags.\(index)", "'\(tag.prefix(80))' is not a valid tag")
    }
  }

  package mutating func add(tags more: [String]) { tags = Set(tags).union(more).sorted() }

  package mutating func remove(tags removed: [String]) { tags.removeAll(where: removed.contains) }

  package mutating func add(_ note: Note) { notes.append(note) }

  /// The annotations of the run or sweep in `folder`; empty if it has none.
  ///
  /// - Throws: ``FileError`` if the file is damaged or unreadable.
  package static func read(in folder: RootedDirectory) throws(FileError) -> RunAnnotations {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try folder.bytes(of: name, limit: limit)
    } catch {
      if error.code == ENOENT { return RunAnnotations() }
      throw error
    }
    return try RecordFile.decode(RunAnnotations.self, from: bytes, path: folder.file(name))
  }

  /// Changes the annotations of the run or sweep in `folder`: whole or not at all, one process after another.
  ///
  /// - Returns: the annotations after the change.
  /// - Throws: ``FileError`` if the file is damaged, or the folder is not writable.
  @discardableResult
  package static func change(
    in folder: RootedDirectory, _ body: (inout RunAnnotations) -> Void
  ) throws -> RunAnnotations {
    while true {
      guard let file = try LockedFile(lock, in: folder, .readWrite) else {
        throw FileError(path: folder.file(lock), reason: "cannot be opened")
      }
      try file.lock(.exclusive)
      // Its last holder may have removed it between opening and locking.
      guard try file.isStillNamed() else { continue }
      let outcome = Result {
        var annotations = try read(in: folder)
        let before = annotations
        body(&annotations)
        if annotations == before { return annotations }
        if annotations.isEmpty {
          try folder.remove(name)
        } else {
          let bytes = try JSONText.encode(annotations, pretty: true) + [UInt8(ascii: "\n")]
          try folder.write([bytes], to: name)
        }
        return annotations
      }
      // A leftover lock file without a holder blocks nobody.
      _ = try? folder.remove(lock)
      return try outcome.get()
    }
  }
}
