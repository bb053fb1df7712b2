import CZlib

/// A zip file of stored entries, in which a test can put a lie.
struct ZipText {
  struct Entry {
    var name: String
    var contents: [UInt8]
    var flags: UInt64 = 1 << 11
    var localFlags: UInt64?
    var method: UInt64 = 0
    var localMethod: UInt64?
    var checksum: UInt64?
    var localChecksum: UInt64?
    /// Of the directory: what the contents are said to take, packed and unpacked.
    var packed: UInt64?
    var size: UInt64?
    var localSize: UInt64?
    var localName: String?
    /// Of the directory: where the entry is said to begin.
    var offset: UInt64?
    var extra: [UInt8] = []
    var localExtra: [UInt8] = []
    /// Takes no room of its own: only the directory names it.
    var isAlias = false

    init(_ name: String, _ contents: [UInt8]) {
      self.name = name
      self.contents = contents
    }

    /// Gives it deflated contents whose sizes follow them.
    mutating func pack(_ deflated: [UInt8], size: UInt64, checksum: UInt64 = 0) {
      let count = UInt64(deflated.count)
      contents =
        deflated + [0x50, 0x4B, 7, 8] + number(checksum, 4) + number(count, 4) + number(size, 4)
      method = 8
      flags = 1 << 3 | 1 << 11
      packed = count
      self.size = size
      self.checksum = checksum
      localSize = 0
      localChecksum = 0
    }
  }

  var entries: [Entry]
  /// In place of what the two ends of the directory should say.
  var count: UInt64?
  var directorySize: UInt64?
  var directoryOffset: UInt64?
  var hasWideEnd = true
  /// In place of what the 64-bit end should say.
  var wideCount: UInt64?
  var wideSize: UInt64?
  var wideOffset: UInt64?
  var wideEndOffset: UInt64?
  var comment: [UInt8] = []

  init(_ entries: [Entry]) { self.entries = entries }

  /// A file of torch.save with this pickle and these storages.
  init(pickle: [UInt8], storages: [String: [UInt8]] = ["0": [UInt8](repeating: 1, count: 24)]) {
    entries =
      [Entry("x/data.pkl", pickle), Entry("x/byteorder", Array("little".utf8))]
      + storages.sorted { $0.key < $1.key }.map { Entry("x/data/" + $0.key, $0.value) }
  }

  subscript(_ name: String) -> Entry {
    get { entries.first { $0.name == "x/" + name } ?? Entry(name, []) }
    set {
      if let place = entries.firstIndex(where: { $0.name == "x/" + name }) {
        entries[place] = newValue
      }
    }
  }

  var bytes: [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let start = UInt64(file.count)
      let size = UInt64(entry.contents.count)
      let sum = UInt64(
        entry.contents.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) })
      if !entry.isAlias {
        let name = Array((entry.localName ?? entry.name).utf8)
        file += [0x50, 0x4B, 3, 4] + number(45, 2) + number(entry.localFlags ?? entry.flags, 2)
        file += number(entry.localMethod ?? entry.method, 2) + number(0, 4)
        file += number(entry.localChecksum ?? sum, 4)
        file += number(entry.localSize ?? size, 4) + number(entry.localSize ?? size, 4)
        file += number(UInt64(name.count), 2) + number(UInt64(entry.localExtra.count), 2)
        file += name + entry.localExtra + entry.contents
      }
      let name = Array(entry.name.utf8)
      directory += [0x50, 0x4B, 1, 2] + number(0, 2) + number(45, 2) + number(entry.flags, 2)
      directory += number(entry.method, 2) + number(0, 4) + number(entry.checksum ?? sum, 4)
      directory += number(entry.packed ?? size, 4) + number(entry.size ?? size, 4)
      directory += number(UInt64(name.count), 2) + number(UInt64(entry.extra.count), 2)
      directory += number(0, 10) + number(entry.offset ?? start, 4) + name + entry.extra
    }
    let start = UInt64(file.count)
    file += directory
    let (size, all) = (UInt64(directory.count), UInt64(entries.count))
    if hasWideEnd {
      let end = UInt64(file.count)
      file += [0x50, 0x4B, 6, 6] + number(44, 8) + number(0x2D, 4) + number(0, 8)
      file += number(wideCount ?? all, 8) + number(wideCount ?? all, 8)
      file += number(wideSize ?? size, 8) + number(wideOffset ?? start, 8)
      file += [0x50, 0x4B, 6, 7] + number(0, 4) + number(wideEndOffset ?? end, 8) + number(1, 4)
    }
    file += [0x50, 0x4B, 5, 6] + number(0, 4) + number(count ?? all, 2) + number(count ?? all, 2)
    file += number(directorySize ?? size, 4) + number(directoryOffset ?? start, 4)
    return file + number(UInt64(comment.count), 2) + comment
  }
}

/// Little-endian bytes; nothing beyond 64 bits.
func number(_ value: UInt64, _ size: Int) -> [UInt8] {
  (0..<size).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) : 0 }
}
