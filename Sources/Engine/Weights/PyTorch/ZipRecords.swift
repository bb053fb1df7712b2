import Files

/// The end-of-central-directory record, which locates the directory. PyTorch also writes the 64-bit form, and
/// no comment.
struct ZipEnd {
  /// The byte range of the directory.
  let range: Range<Int>
  /// The number of its entries.
  let count: Int

  /// The maximum size of the directory; 64 MiB hold more than half a million entries.
  private static let limit = 64 << 20

  init(_ file: OpenedFile) throws(FileError) {
    let cut = "its zip file is truncated or has data after its end"
    guard file.size >= 22 else { throw file.fault(cut) }
    var end = file.size - 22
    var fields = ZipFields(try file.bytes(at: end..<file.size), file, at: end)
    guard try Array(fields.take(4)) == [0x50, 0x4B, 5, 6] else { throw file.fault(cut) }
    let (disk, first) = (try fields.number(2), try fields.number(2))
    let (here, all) = (try fields.number(2), try fields.number(2))
    let (size, offset) = (try fields.number(4), try fields.number(4))
    guard disk == 0, first == 0, here == all, try fields.number(2) == 0 else {
      throw file.fault(cut)
    }
    var values = [all, size, offset]
    if let (wide, place) = try Self.wide(file, before: end) {
      for ((narrow, wide), most) in zip(zip(values, wide), [0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF])
      where narrow != wide && narrow != most {
        throw file.fault("the two ends of its zip directory disagree")
      }
      values = wide
      end = place
    } else if all == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
      throw file.fault("its zip directory lacks the 64-bit end that it announces")
    }
    let (sum, overflow) = values[1].addingReportingOverflow(values[2])
    guard !overflow, sum == UInt64(end) else {
      throw file.fault("its zip directory is not where its end says")
    }
    // Each entry takes 46 bytes at least.
    guard values[0] <= values[1] / 46, values[1] <= UInt64(Self.limit) else {
      throw file.fault("its zip directory claims \(values[0]) entries in \(values[1]) bytes")
    }
    range = Int(values[2])..<end
    count = Int(values[0])
  }

  /// The number of entries, the size and the offset in the 64-bit record before `end`, and where that record
  /// begins.
  private static func wide(
    _ file: OpenedFile, before end: Int
  ) throws(FileError) -> (values: [UInt64], place: Int)? {
    guard end >= 76 else { return nil }
    var locator = ZipFields(try file.bytes(at: (end - 20)..<end), file, at: end - 20)
    guard try Array(locator.take(4)) == [0x50, 0x4B, 6, 7] else { return nil }
    let place = end - 76
    let (disk, offset, disks) = (
      try locator.number(4), try locator.number(8), try locator.number(4)
    )
    guard disk == 0, disks <= 1, offset == UInt64(place) else {
      throw file.fault("the 64-bit end of its zip directory is not where its locator says")
    }
    var fields = ZipFields(try file.bytes(at: place..<(end - 20)), file, at: place)
    try fields.signature((6, 6), of: "the 64-bit end of its directory")
    guard try fields.number(8) == 44 else {
      throw file.fault("the 64-bit end of its zip directory has an unknown size")
    }
    _ = try fields.take(4)  // versions
    let (number, first) = (try fields.number(4), try fields.number(4))
    let (here, all) = (try fields.number(8), try fields.number(8))
    guard number == 0, first == 0, here == all else {
      throw file.fault("its zip file is in several parts")
    }
    return ([all, try fields.number(8), try fields.number(8)], place)
  }
}

/// An entry in the directory.
struct CentralRecord {
  let name: String
  let checksum: UInt32
  private let rawName: [UInt8]
  private let flags: UInt64
  /// The unpacked size in bytes.
  let contentSize: UInt64
  /// Whether the contents are deflated.
  let isPacked: Bool
  /// The packed size in bytes.
  private let size: UInt64
  private let offset: UInt64

  /// Flag: size and checksum follow the contents. PyTorch sets it and leaves the fields before them 0.
  private static let sizesFollow: UInt64 = 1 << 3
  /// Flag: the name is UTF-8.
  private static let isUTF8: UInt64 = 1 << 11
  /// Flags: the compression level.
  private static let effort: UInt64 = 3 << 1
  private static let deflated: UInt64 = 8

  init(_ fields: inout ZipFields) throws(FileError) {
    try fields.signature((1, 2), of: "an entry of its directory")
    _ = try fields.take(4)  // versions
    flags = try fields.number(2)
    let method = try fields.number(2)
    _ = try fields.take(4)  // time
    checksum = UInt32(truncatingIfNeeded: try fields.number(4))
    let narrowPacked = try fields.number(4)
    let narrowSize = try fields.number(4)
    let (nameSize, extraSize) = (Int(try fields.number(2)), Int(try fields.number(2)))
    let (commentSize, disk) = (Int(try fields.number(2)), try fields.number(2))
    _ = try fields.take(6)  // attributes
    let narrowOffset = try fields.number(4)
    rawName = Array(try fields.take(nameSize))
    guard let name = String(validating: rawName, as: UTF8.self) else {
      throw fields.fault("an entry of its zip directory has a name that is not UTF-8")
    }
    let shown = HeaderFault.shown(name)
    let wide = try Self.wide(Array(try fields.take(extraSize)), fields, shown)
    _ = try fields.take(commentSize)
    let known = Self.sizesFollow | Self.isUTF8 | (method == Self.deflated ? Self.effort : 0)
    guard flags & ~known == 0, disk == 0 else {
      throw fields.fault("its entry \(shown) is encrypted or of an unknown kind")
    }
    guard method == 0 || method == Self.deflated else {
      throw fields.fault("its entry \(shown) is compressed by the unknown method \(method)")
    }
    if method != 0, name.contains("/code/") { throw fields.fault(ZipArchive.holdsCode) }
    isPacked = method == Self.deflated
    // 64-bit values appear in this order, each only if its 32-bit field is at the maximum.
    var values = wide[...]
    func widened(_ narrow: UInt64) -> UInt64 {
      narrow == 0xFFFF_FFFF ? values.popFirst() ?? narrow : narrow
    }
    let size = widened(narrowSize)
    let packed = widened(narrowPacked)
    offset = widened(narrowOffset)
    guard isPacked || packed == size else {
      throw fields.fault("its entry \(shown) is stored, yet has two sizes, \(packed) and \(size)")
    }
    self.name = name
    self.size = packed
    contentSize = size
  }

  /// The integers in the extra field for 64-bit sizes.
  private static func wide(
    _ extra: [UInt8], _ fields: ZipFields, _ name: String
  ) throws(FileError) -> [UInt64] {
    var rest = extra[...]
    var values: [UInt64]?
    while !rest.isEmpty {
      let head = rest.prefix(4).map(Int.init)
      guard head.count == 4, case let size = head[2] | head[3] << 8, size <= rest.count - 4 else {
        throw fields.fault("its entry \(name) has an extra field that breaks off")
      }
      let body = Array(rest.dropFirst(4).prefix(size))
      rest = rest.dropFirst(4 + size)
      guard head[0] | head[1] << 8 == 1 else { continue }
      guard values == nil else { throw fields.fault("its entry \(name) has two 64-bit sizes") }
      values = stride(from: 0, to: body.count - body.count % 8, by: 8).map { start in
        body[start..<(start + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
      }
    }
    return values ?? []
  }

  /// The byte ranges of the contents and of the whole entry, after checking the entry's own header.
  func locate(
    in file: OpenedFile, before limit: Int
  ) throws(FileError) -> (contents: Range<Int>, extent: Range<Int>) {
    let shown = HeaderFault.shown(name)
    guard offset <= UInt64(limit), size <= UInt64(limit), offset + 30 <= UInt64(limit) else {
      throw file.fault("its entry \(shown) claims \(size) bytes at \(offset), beyond its directory")
    }
    let start = Int(offset)
    var fields = ZipFields(try file.bytes(at: start..<(start + 30)), file, at: start)
    try fields.signature((3, 4), of: "the entry \(shown)")
    _ = try fields.take(2)  // version
    let (flags, method) = (try fields.number(2), try fields.number(2))
    _ = try fields.take(4)  // time
    let checksum = try fields.number(4)
    let (packed, size) = (try fields.number(4), try fields.number(4))
    let (nameSize, extraSize) = (Int(try fields.number(2)), Int(try fields.number(2)))
    let contents = start + 30 + nameSize + extraSize
    guard contents <= limit, Int(self.size) <= limit - contents else {
      throw file.fault("its entry \(shown) claims \(self.size) bytes, more than there are")
    }
    var rest = ZipFields(
      try file.bytes(at: (start + 30)..<contents), file, at: start + 30)
    guard try Array(rest.take(nameSize)) == rawName, flags == self.flags,
      method == (isPacked ? Self.deflated : 0)
    else {
      throw file.fault("the two headers of its entry \(shown) disagree")
    }
    let wide = try Self.wide(Array(try rest.take(extraSize)), fields, shown)
    let follow = self.flags & Self.sizesFollow != 0
    for (index, (found, wanted)) in zip(
      [size, packed, checksum], [contentSize, self.size, UInt64(self.checksum)]
    ).enumerated() {
      let isWide =
        index < 2 && found == 0xFFFF_FFFF && wide.indices.contains(index) && wide[index] == wanted
      guard found == wanted || isWide || follow && found == 0 else {
        throw file.fault("the two headers of its entry \(shown) disagree")
      }
    }
    let end = contents + Int(self.size)
    guard follow else { return (contents..<end, start..<end) }
    guard end + 16 <= limit else { throw file.fault("its entry \(shown) breaks off") }
    var descriptor = ZipFields(try file.bytes(at: end..<(end + 16)), file, at: end)
    try descriptor.signature((7, 8), of: "the sizes after the entry \(shown)")
    guard try descriptor.number(4) == UInt64(self.checksum),
      try descriptor.number(4) == self.size & 0xFFFF_FFFF
    else { throw file.fault("the two headers of its entry \(shown) disagree") }
    return (contents..<end, start..<(end + 16))
  }
}
