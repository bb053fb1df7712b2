import Files

/// A zip file: stored and deflated members, 64-bit sizes, sizes that follow the contents. What could be read in
/// two ways is refused: duplicate names, overlapping entries, contradictory headers. So are names that lead out
/// of a folder. Resource forks of macOS (`__MACOSX/`) are not listed.
///
/// Opening it reads the directory at the end of the file; the header of a member is checked when it is read.
///
/// APPNOTE.TXT, version 6.3.10, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
package struct ZipArchive: Archive {
  package let members: [ArchiveMember]
  let file: OpenedFile
  private let index: [String: Int]

  package var path: String { file.path }

  /// Opens the archive at `path`.
  ///
  /// - Throws: ``FileError`` if there is no such file, or it is not a sound zip file.
  package init(_ path: String) throws(FileError) {
    try self.init(OpenedFile(path))
  }

  /// - Parameter strictly: whether to check at once what is else checked when a member is read, and to refuse
  ///   the archive if any member cannot be read or a comment follows its end.
  /// - Throws: ``FileError`` if it is not a sound zip file.
  package init(_ file: OpenedFile, strictly: Bool = false) throws(FileError) {
    let end = try ZipEnd(file, allowsComment: !strictly)
    var reader = ZipFields(try file.bytes(at: end.range), file, at: end.range.lowerBound)
    var members: [ArchiveMember] = []
    var index: [String: Int] = [:]
    members.reserveCapacity(end.count)
    index.reserveCapacity(end.count)
    for _ in 0..<end.count {
      let record = try ZipRecord(&reader)
      let member = try Self.member(record, in: file, before: end.range.lowerBound)
      if strictly, let obstacle = member.obstacle {
        throw file.fault("its entry \(FileError.quoted(member.name)) \(obstacle)")
      }
      // Different names can look the same once they are repaired.
      if record.hasValidName, index.updateValue(members.count, forKey: member.name) != nil {
        throw file.fault("it has the entry \(FileError.quoted(member.name)) twice")
      }
      members.append(member)
    }
    guard reader.isAtEnd else {
      throw file.fault("its zip directory has more entries than it declares")
    }
    self.file = file
    if strictly { try Self.checkHeaders(members, in: file, before: end.range.lowerBound) }
    try Self.separate(&members, in: file)
    if members.contains(where: { $0.name.hasPrefix("__MACOSX/") || $0.name == "__MACOSX" }) {
      members.removeAll { $0.name.hasPrefix("__MACOSX/") || $0.name == "__MACOSX" }
      index = [:]
      for (place, member) in members.enumerated() { index[member.name] = place }
    }
    self.members = members
    self.index = index
  }

  package subscript(name: String) -> ArchiveMember? { index[name].map { members[$0] } }

  /// The member of a directory's entry, which must lie before `limit`.
  private static func member(
    _ record: ZipRecord, in file: OpenedFile, before limit: Int
  ) throws(FileError) -> ArchiveMember {
    func fault(_ reason: String) -> FileError {
      file.fault("its entry \(FileError.quoted(record.name)) \(reason)")
    }
    let isDirectory = record.size == 0 && record.name.utf8.last == UInt8(ascii: "/")
    var name = record.name
    if isDirectory { name.unicodeScalars.removeLast() }
    guard MemberName.isPlain(name.utf8) else { throw fault("has an invalid name") }
    let (offset, packed) = (record.offset, record.packedSize)
    guard record.obstacle != nil || offset <= limit && packed <= limit && offset + 30 <= limit
    else {
      throw fault("claims \(packed) bytes at \(offset), which reach into the zip directory")
    }
    return ArchiveMember(
      name: name, size: Int(clamping: record.size), compressedSize: Int(clamping: packed),
      method: record.method == 0
        ? .stored : record.method == ZipRecord.deflated ? .deflated : .unknown(Int(record.method)),
      checksum: record.checksum, isDirectory: isDirectory, obstacle: record.obstacle,
      start: Int(clamping: offset), end: limit)
  }

  /// Checks each member's own header and what follows its contents, and that no two share a byte.
  private static func checkHeaders(
    _ members: [ArchiveMember], in file: OpenedFile, before limit: Int
  ) throws(FileError) {
    var total = 0
    var extents: [Range<Int>] = []
    for member in members {
      let extent = try ZipHeader(of: member, in: file).extent(of: member, in: file)
      extents.append(extent)
      // Also keeps the amount that is read here below the file's size.
      total += extent.count
      guard total <= limit else { throw file.fault("entries of its zip directory overlap") }
    }
    extents.sort { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
    for (first, second) in zip(extents, extents.dropFirst())
    where second.lowerBound < first.upperBound {
      throw file.fault("entries of its zip directory overlap")
    }
  }

  /// Sets the end of each member to where the next one begins, and refuses those that reach beyond it.
  private static func separate(
    _ members: inout [ArchiveMember], in file: OpenedFile
  ) throws(FileError) {
    let readable = members.indices.filter { members[$0].obstacle == nil }
    let sorted = readable.sorted { members[$0].start < members[$1].start }
    for (place, next) in zip(sorted, sorted.dropFirst()) {
      let least = 30 + members[place].name.utf8.count + members[place].compressedSize
      guard least <= members[next].start - members[place].start else {
        throw file.fault("entries of its zip directory overlap")
      }
      members[place].end = members[next].start
    }
  }
}
