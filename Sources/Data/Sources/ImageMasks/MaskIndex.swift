import DataSchema
import Dispatch
import ExperimentConfig
import Files
import FoundationEssentials
import Synchronization

/// What is known of mask files without decoding them again: kept in the cache.
struct MaskIndex: Sendable, Codable, Equatable {
  struct Entry: Sendable, Codable, Equatable {
    /// Of the file, in bytes.
    var size: Int
    /// See ``ListedFile/stamp``.
    var stamp: Int64
    /// In hexadecimal.
    var sha256 = ""
    var height = 0
    var width = 0
    /// Class numbers that occur, each followed by its number of pixels; the number of classes stands for pixels
    /// without one.
    var counts: [Int] = []
    /// Why it is no mask of these classes; `nil` if it is one.
    var problem: String?
  }

  /// By path from the root.
  var entries: [String: Entry] = [:]

  /// Decodes the masks that `earlier` does not know as they are now.
  ///
  /// - Parameter threads: how many share the work; the result is the same for any number.
  init(
    _ files: [ListedFile], in root: ImageFiles, _ coding: MaskCoding, earlier: MaskIndex?,
    threads: Int, progress: DataEnvironment.Progress
  ) {
    let done = Atomic(0)
    let results = Mutex<[String: Entry]>([:])
    let pieces = max(1, min(threads, files.count / 8))
    DispatchQueue.concurrentPerform(iterations: pieces) { piece in
      let range = piece * files.count / pieces..<(piece + 1) * files.count / pieces
      var found: [String: Entry] = [:]
      for file in files[range] {
        if let known = earlier?.entries[file.path], known.size == file.size,
          known.stamp == file.stamp
        {
          found[file.path] = known
        } else {
          found[file.path] = Self.entry(file, in: root, coding)
          progress("reading masks", done.add(1, ordering: .relaxed).newValue, files.count)
        }
      }
      results.withLock { $0.merge(found) { $1 } }
    }
    progress("reading masks", files.count, files.count)
    entries = results.withLock { $0 }
  }

  private static func entry(
    _ file: ListedFile, in root: ImageFiles, _ coding: MaskCoding
  ) -> Entry {
    var entry = Entry(size: file.size, stamp: file.stamp)
    do throws(FileError) {
      let bytes = try root.read(file.path)
      entry.sha256 = Digest.hex(of: bytes)
      let mask = try coding.decode(bytes, place: root.place(file.path))
      (entry.height, entry.width) = (mask.height, mask.width)
      var counts = [Int](repeating: 0, count: 256)
      for number in mask.numbers { counts[Int(number)] += 1 }
      for (number, count) in counts.enumerated() where count > 0 {
        let isIgnored = number == Int(FieldKind.ignoredPixel)
        entry.counts += [isIgnored ? coding.names.count : number, count]
      }
    } catch {
      entry.problem = error.reason
    }
    return entry
  }

  /// The index of some masks, from the cache where they have not changed.
  static func load(
    _ masks: [ListedFile], in root: ImageFiles, _ coding: MaskCoding, _ folder: IndexFolder,
    progress: DataEnvironment.Progress
  ) -> MaskIndex {
    let stamp = FileStamp(root.path)?.text ?? "folder"
    let key = Digest.hex(of: "mask index 1\n\(root.path)\n\(coding.text)".utf8)
    // One that cannot be decoded is made anew.
    let earlier = folder.read(key, stamp: stamp).flatMap {
      try? JSONText.decode(MaskIndex.self, from: $0)
    }
    let index = MaskIndex(
      masks, in: root, coding, earlier: earlier,
      threads: ProcessInfo.processInfo.activeProcessorCount, progress: progress)
    if index != earlier { folder.write(key, stamp: stamp) { try JSONText.encode(index) } }
    return index
  }
}

extension MaskIndex.Entry {
  /// The pixels of each class and, last, of those without one.
  ///
  /// - Parameter classes: the number of classes.
  func pixels(_ classes: Int) -> [Float] {
    var pixels = [Float](repeating: 0, count: classes + 1)
    for place in stride(from: 0, to: counts.count - 1, by: 2) {
      pixels[counts[place]] = Float(counts[place + 1])
    }
    return pixels
  }
}
