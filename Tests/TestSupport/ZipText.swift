import CZlib

/// A zip file of stored entries, in which a test can put a lie.
package struct ZipText {
  package struct Entry {
    package var name: String
    package var contents: [UInt8]
    package var flags: UInt64 = 1 << 11
    package var localFlags: UInt64?
    package var method: UInt64 = 0
    package var localMethod: UInt64?
    package var checksum: UInt64?
    package var localChecksum: UInt64?
    /// Of the directory: what the contents are said to take, packed and unpacked.
    package var packed: UInt64?
    package var size: UInt64?
    package var localSize: UInt64?
    package var localName: String?
    /// The offset of the entry that the directory states.
    package var offset: UInt64?
    package var extra: [UInt8] = []
    package var localExtra: [UInt8] = []
    /// Takes no room of its own: only the directory names it.
    package var isAlias = false

    package init(_ name: String, _ contents: [UInt8]) {
      self.name = name
      self.contents = contents
    }

    /// Gives it deflated contents whose sizes follow them.
    package mutating func pack(_ deflated: [UInt8], size: UInt64, checksum: UInt64 = 0) {
      let count = UInt64(deflated.count)
      contents =
        deflated + [0x50, 0x4B, 7, 8] + littleEndian(checksum, 4) + littleEndian(count, 4)
        + littleEndian(size, 4)
      method = 8
      flags = 1 << 3 | 1 << 11
      packed = count
      self.size = size
      self.checksum = checksum
      localSize = 0
      localChecksum = 0
    }
  }

  package var entries: [Entry]
  /// In place of what the two ends of the directory should say.
  package var count: UInt64?
  package var directorySize: UInt64?
  package var directoryOffset: UInt64?
  package var hasWideEnd = true
  /// In place of what the 64-bit end should say.
  package var wideCount: UInt64?
  package var wideSize: UInt64?
  package var wideOffset: UInt64?
  package var wideEndOffset: UInt64?
  package var comment: [UInt8] = []

  package init(_ entries: [Entry]) { self.entries = entries }

  /// A file of torch.save with this pickle and these storages.
  package init(
    pickle: [UInt8], storages: [String: [UInt8]] = ["0": [UInt8](repeating: 1, count: 24)]
  ) {
    entries =
      [Entry("x/data.pkl", pickle), Entry("x/byteorder", Array("little".utf8))]
      + storages.sorted { $0.key < $1.key }.map { Entry("x/data/" + $0.key, $0.value) }
  }

  package subscript(_ name: String) -> Entry {
    get { entries.first { $0.name == "x/" + name } ?? Entry(name, []) }
    set {
      if let place = entries.firstIndex(where: { $0.name == "x/" + name }) {
        entries[place] = newValue
      }
    }
  }

  package var bytes: [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let start = UInt64(file.count)
      let size = UInt64(entry.contents.count)
      let sum = UInt64(
        entry.contents.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) })
      if !entry.isAlias {
        let name = Array((entry.localName ?? entry.name).utf8)
        file +=
          [0x50, 0x4B, 3, 4] + littleEndian(45, 2)
          + littleEndian(entry.localFlags ?? entry.flags, 2)
        file += littleEndian(entry.localMethod ?? entry.method, 2) + littleEndian(0, 4)
        file += littleEndian(entry.localChecksum ?? sum, 4)
        file += littleEndian(entry.localSize ?? size, 4) + littleEndian(entry.localSize ?? size, 4)
        file +=
          littleEndian(UInt64(name.count), 2) + littleEndian(UInt64(entry.localExtra.count), 2)
        file += name + entry.localExtra + entry.contents
      }
      let name = Array(entry.name.utf8)
      directory +=
        [0x50, 0x4B, 1, 2] + littleEndian(0, 2) + littleEndian(45, 2) + littleEndian(entry.flags, 2)
      directory +=
        littleEndian(entry.method, 2) + littleEndian(0, 4) + littleEndian(entry.checksum ?? sum, 4)
      directory += littleEndian(entry.packed ?? size, 4) + littleEndian(entry.size ?? size, 4)
      directory += littleEndian(UInt64(name.count), 2) + littleEndian(UInt64(entry.extra.count), 2)
      directory += littleEndian(0, 10) + littleEndian(entry.offset ?? start, 4) + name + entry.extra
    }
    let start = UInt64(file.count)
    file += directory
    let (size, all) = (UInt64(directory.count), UInt64(entries.count))
    if hasWideEnd {
      let end = UInt64(file.count)
      file += [0x50, 0x4B, 6, 6] + littleEndian(44, 8) + littleEndian(0x2D, 4) + littleEndian(0, 8)
      file += littleEndian(wideCount ?? all, 8) + littleEndian(wideCount ?? all, 8)
      file += littleEndian(wideSize ?? size, 8) + littleEndian(wideOffset ?? start, 8)
      file +=
        [0x50, 0x4B, 6, 7] + littleEndian(0, 4) + littleEndian(wideEndOffset ?? end, 8)
        + littleEndian(1, 4)
    }
    file +=
      [0x50, 0x4B, 5, 6] + littleEndian(0, 4) + littleEndian(count ?? all, 2)
      + littleEndian(count ?? all, 2)
    file += littleEndian(directorySize ?? size, 4) + littleEndian(directoryOffset ?? start, 4)
    return file + littleEndian(UInt64(comment.count), 2) + comment
  }
}

/// Little-endian bytes; nothing beyond 64 bits.
package func littleEndian(_ value: UInt64, _ size: Int) -> [UInt8] {
  (0..<size).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) : 0 }
}
