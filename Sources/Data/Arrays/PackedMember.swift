import Archives
import DataSchema
import Files
import Synchronization

/// A compressed member of an archive. It is unpacked as a whole when its contents are first asked for, verified
/// by its checksum, and kept in memory as long as this object.
final class PackedMember: Sendable {
  private let archive: ZipArchive
  private let member: ArchiveMember
  private let unpacked = Mutex<[UInt8]?>(nil)

  /// - Parameter limit: the largest size in bytes that may be unpacked.
  /// - Throws: ``FileError`` if the contents would be larger.
  init(_ member: ArchiveMember, of archive: ZipArchive, limit: Int) throws(FileError) {
    guard member.size <= limit else {
      throw FileError(
        path: archive.path,
        reason: "its entry \(FileError.quoted(member.name)) has \(member.size) bytes; the limit is "
          + "\(limit)")
    }
    self.archive = archive
    self.member = member
  }

  /// The size of the contents in bytes, as the archive declares it.
  var size: Int { member.size }

  /// The first `count` bytes of the contents, whose checksum is not verified.
  ///
  /// - Precondition: there are as many.
  /// - Throws: ``DataError`` if they cannot be unpacked.
  func first(_ count: Int) throws(DataError) -> [UInt8] {
    if let bytes = unpacked.withLock({ $0 }) { return Array(bytes[..<count]) }
    let bytes = try DataError.wrap { () throws(FileError) in
      try archive.read(member, first: count)
    }
    guard bytes.count == count else {
      throw DataError(
        path: archive.path,
        reason: "its entry \(FileError.quoted(member.name)) is damaged: it cannot be unpacked")
    }
    return bytes
  }

  /// All contents.
  ///
  /// - Throws: ``DataError`` if they are damaged.
  func contents() throws(DataError) -> [UInt8] {
    let result = unpacked.withLock { unpacked in
      Result { () throws(DataError) -> [UInt8] in
        if let unpacked { return unpacked }
        let bytes = try DataError.wrap { () throws(FileError) in
          try archive.read(member, limit: member.size)
        }
        unpacked = bytes
        return bytes
      }
    }
    return try result.get()
  }
}
