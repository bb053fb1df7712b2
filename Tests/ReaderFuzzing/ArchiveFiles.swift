import Archives
import Datasets
import Files
import TestSupport

extension FuzzedReaders {
  static let tar = FuzzedReader(
    "tar",
    words: words(
      "../", "/", "./", "ustar\0", "ustar  \0", "path=", "size=", "GNU.sparse.major=1", "0000000",
      "77777777777", "x", "g", "L", "5", "2", "\0\0\0\0\0\0\0\0\0\0\0\0", "12 path=a/b\n")
      + [[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0], [UInt8](repeating: 0, count: 512)],
    repair: repairTar
  ) {
    try fixtures(in: "archives", ["tar"], limit: 1 << 15)
  } read: { bytes, path in
    try readArchive(TarArchive(path), size: bytes.count)
  }

  static let zip = FuzzedReader("zip", words: zipWords, repair: repairZip) {
    var packed = ZipText.Entry("packed.bin", [])
    let contents = [UInt8](repeating: 7, count: 300)
    packed.pack(
      Array(gzip(contents).dropFirst(10).dropLast(8)), size: 300,
      checksum: UInt64(checksum(contents[...])))
    var plain = ZipText([.init("a/", []), .init("a/stored.bin", Array("text".utf8)), packed])
    let wide = plain.bytes
    plain.hasWideEnd = false
    return try [wide, plain.bytes, fixture("arrays/images.npz"), fixture("weights/types.pth")]
  } read: { bytes, path in
    try readArchive(ZipArchive(path), size: bytes.count)
  }

  /// A compressed tar archive as CIFAR is published in.
  static let compressedTar = FuzzedReader(
    "tar.gz", words: words("../", "ustar\0", "77777777777", "0", "5", "x"),
    repair: { $0.starts(with: [0x1F, 0x8B]) ? $0 : gzip(repairTar($0)) }
  ) {
    let archives = try fixtures(in: "archives", ["tar"], limit: 1 << 15)
    return archives + archives.map(gzip)
  } read: { bytes, path in
    var reader = try TarReader(path)
    var total = 0
    while let member = try reader.next() {
      let contents = try reader.contents(limit: 1 << 20)
      try FuzzViolation.require(contents.count == member.size, "a file of the wrong size")
      total += contents.count
    }
    try FuzzViolation.require(total <= bytes.count * 1032, "more than the file can hold")
  }

  static let zipWords =
    [[3, 4], [1, 2], [5, 6], [6, 6], [6, 7], [7, 8]].map { [0x50, 0x4B] + $0 }
    + words("../", "/", "\\", "a/stored.bin", "\0") + [[1, 0, 16, 0], [8, 0], [0x0A, 0]]

  private static let limit = 1 << 20

  /// Reads every member of an archive, whole and in part; members may be refused.
  private static func readArchive(_ archive: some Archive, size: Int) throws {
    var names: Set<String> = []
    var refusal: FileError?
    for member in archive.members {
      let parts = member.name.split(separator: "/", omittingEmptySubsequences: false)
      try FuzzViolation.require(
        !parts.contains("") && !parts.contains("..") && !member.name.contains("\\")
          && !member.name.utf8.contains { $0 < 0x20 }, "a member called \(member.name)")
      if member.obstacle == nil {
        try FuzzViolation.require(names.insert(member.name).inserted, "\(member.name) twice")
        try FuzzViolation.require(archive[member.name] == member, "\(member.name) is not found")
      }
      var whole: [UInt8]?
      do throws(FileError) {
        whole = try archive.read(member, limit: limit)
      } catch {
        if !member.isDirectory { refusal = error }
      }
      guard let whole else { continue }
      try FuzzViolation.require(
        whole.count == member.size, "\(whole.count) bytes of \(member.size)")
      let first = try archive.read(member, first: 10)
      try FuzzViolation.require(first.elementsEqual(whole.prefix(10)), "two beginnings")
    }
    if let refusal, archive.members.count == 1 { throw refusal }
  }

  /// Makes the checksums of all headers right as far as they are where they should be.
  static func repairTar(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for start in stride(from: 0, through: bytes.count - 512, by: 512) {
      let isHeader =
        bytes[(start + 257)..<(start + 262)].elementsEqual("ustar".utf8)
        || bytes[(start + 148)..<(start + 156)].contains(0x20) && bytes[start] != 0
      guard isHeader else { continue }
      for place in 148..<156 { bytes[start + place] = 0x20 }
      let sum = String(bytes[start..<(start + 512)].reduce(0) { $0 + Int($1) }, radix: 8)
      let digits = Array((String(repeating: "0", count: max(0, 6 - sum.count)) + sum).utf8) + [0]
      bytes.replaceSubrange((start + 148)..<(start + 155), with: digits)
    }
    return bytes
  }

  /// Makes the CRC-32 of stored members right, in both headers.
  static func repairZip(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    func number(_ place: Int, _ count: Int) -> Int {
      bytes[place..<(place + count)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    var place = 0
    while place + 46 <= bytes.count {
      guard bytes[place] == 0x50, bytes[place...].starts(with: [0x50, 0x4B, 1, 2]),
        number(place + 10, 2) == 0
      else {
        place += 1
        continue
      }
      let (packed, local) = (number(place + 20, 4), number(place + 42, 4))
      if local + 30 <= bytes.count {
        let start = local + 30 + number(local + 26, 2) + number(local + 28, 2)
        if start + packed <= bytes.count {
          let sum = littleEndian(UInt64(checksum(bytes[start..<(start + packed)])), 4)
          bytes.replaceSubrange((place + 16)..<(place + 20), with: sum)
          bytes.replaceSubrange((local + 14)..<(local + 18), with: sum)
        }
      }
      place += 46
    }
    return bytes
  }
}
