import Files

/// A file that holds other files, whose members are read one at a time and in any order. Nothing is unpacked
/// to disk. All methods may be called from several threads at once.
package protocol Archive: Sendable {
  /// The path of the archive.
  var path: String { get }

  /// All members in the archive's order. No two that can be read have the same name, and every name is a relative
  /// path without `..`.
  var members: [ArchiveMember] { get }

  /// The member called `name`; `nil` if there is none.
  subscript(name: String) -> ArchiveMember? { get }

  /// The whole contents of a member, unpacked and verified as far as the format allows.
  ///
  /// - Parameters:
  ///   - member: one of ``members``.
  ///   - limit: the largest size in bytes.
  /// - Throws: ``FileError`` if it is damaged, larger than `limit`, a directory, or has an
  ///   ``ArchiveMember/obstacle``.
  func read(_ member: ArchiveMember, limit: Int) throws(FileError) -> [UInt8]

  /// The first `count` bytes of a member's unpacked contents, or all if there are fewer. Reads no more of the
  /// archive than they need, so no checksum is verified.
  ///
  /// - Throws: ``FileError`` as ``read(_:limit:)``.
  func read(_ member: ArchiveMember, first count: Int) throws(FileError) -> [UInt8]
}

extension Archive {
  /// The whole contents of a member of at most 1 GiB.
  package func read(_ member: ArchiveMember) throws(FileError) -> [UInt8] {
    try read(member, limit: 1 << 30)
  }

  /// An error about a member, located as `archive.zip: its entry 'name' …`.
  func fault(_ member: ArchiveMember, _ reason: String) -> FileError {
    FileError(path: path, reason: "its entry \(FileError.quoted(member.name)) \(reason)")
  }

  /// Refuses directories and members that cannot be read.
  func checkReadable(_ member: ArchiveMember) throws(FileError) {
    if let obstacle = member.obstacle { throw fault(member, obstacle) }
    if member.isDirectory { throw fault(member, "is a directory") }
  }
}

/// A file or directory in an archive.
package struct ArchiveMember: Hashable, Sendable {
  /// How the contents are kept.
  package enum Method: Hashable, Sendable {
    case stored
    case deflated
    /// Compressed by a method that cannot be read, by its number in the zip format.
    case unknown(Int)
  }

  /// The path in the archive, with `/` between its parts; directories have none at the end.
  package let name: String
  /// The size of the contents in bytes, as the archive declares it.
  package let size: Int
  /// The size in the archive, in bytes.
  package let compressedSize: Int
  package let method: Method
  /// CRC-32 of the contents; `nil` in formats that have none.
  package let checksum: UInt32?
  package let isDirectory: Bool
  /// Why it cannot be read, such as "is encrypted", worded to follow its name; `nil` if it can.
  package let obstacle: String?
  /// Where the member's header (zip) or contents (tar) begin in the archive.
  let start: Int
  /// Where the next member or the directory begins: the contents end before it.
  var end: Int
}
