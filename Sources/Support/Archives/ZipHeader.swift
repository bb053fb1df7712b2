import Files

/// The header in front of a zip member's contents, which must agree with the directory.
struct ZipHeader {
  /// The contents, compressed or not, in the file.
  let contents: Range<Int>
  /// Whether the sizes are repeated after the contents.
  private let sizesFollow: Bool

  /// Reads the header of a readable member.
  ///
  /// - Throws: ``FileError`` if it is not there, contradicts the directory, or the contents reach beyond the
  ///   next member.
  init(of member: ArchiveMember, in file: OpenedFile) throws(FileError) {
    // Made only for an error: it takes longer than the rest.
    var shown: String { FileError.quoted(member.name) }
    let start = member.start
    let name = member.name.utf8
    // Most extra fields are shorter than 64 bytes, so one read gets everything.
    let guess = min(start + 30 + name.count + 64, member.end)
    var bytes = try file.bytes(at: start..<guess)
    var fields = ZipFields(bytes, file, at: start)
    try fields.signature((3, 4), of: "the entry \(shown)")
    try fields.skip(2)  // version
    let (flags, method) = (try fields.number(2), try fields.number(2))
    try fields.skip(4)  // time
    let checksum = try fields.number(4)
    let (packed, size) = (try fields.number(4), try fields.number(4))
    let (nameSize, extraSize) = (Int(try fields.number(2)), Int(try fields.number(2)))
    let begin = start + 30 + nameSize + extraSize
    guard begin <= member.end, member.compressedSize <= member.end - begin else {
      throw file.fault(
        "its entry \(shown) claims \(member.compressedSize) bytes, more than the file holds")
    }
    if begin > guess {
      bytes = try file.bytes(at: start..<begin)
      fields = ZipFields(bytes, file, at: start)
      try fields.skip(30)
    }
    var raw = try fields.take(nameSize)
    if member.isDirectory { raw = raw.dropLast() }
    guard raw.elementsEqual(name), flags & ~ZipRecord.known == 0,
      method == (member.method == .stored ? 0 : ZipRecord.deflated)
    else { throw file.fault("the two headers of its entry \(shown) disagree") }
    let wide = try ZipRecord.wide(try fields.take(extraSize), fields, member.name)
    sizesFollow = flags & ZipRecord.sizesFollow != 0
    for (index, (found, wanted)) in zip(
      [size, packed, checksum],
      [UInt64(member.size), UInt64(member.compressedSize), UInt64(member.checksum ?? 0)]
    ).enumerated() {
      let isWide =
        index < 2 && found == 0xFFFF_FFFF && wide.indices.contains(index) && wide[index] == wanted
      guard found == wanted || isWide || sizesFollow && found == 0 else {
        throw file.fault("the two headers of its entry \(shown) disagree")
      }
    }
    contents = begin..<(begin + member.compressedSize)
  }

  /// The bytes of the whole member, once the sizes after its contents agree as well.
  func extent(of member: ArchiveMember, in file: OpenedFile) throws(FileError) -> Range<Int> {
    guard sizesFollow else { return member.start..<contents.upperBound }
    let shown = FileError.quoted(member.name)
    let (start, end) = (contents.upperBound, contents.upperBound + 16)
    guard end <= member.end else { throw file.fault("its entry \(shown) is truncated") }
    var fields = ZipFields(try file.bytes(at: start..<end), file, at: start)
    try fields.signature((7, 8), of: "the sizes after the entry \(shown)")
    guard try fields.number(4) == UInt64(member.checksum ?? 0),
      try fields.number(4) == UInt64(member.compressedSize) & 0xFFFF_FFFF
    else { throw file.fault("the two headers of its entry \(shown) disagree") }
    return member.start..<end
  }
}
