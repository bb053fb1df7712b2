import Files

/// A tar file that is not compressed: ustar, pax and GNU's variant, with long names and large sizes. Its members
/// are read where they lie. Links, devices and sparse files are listed and cannot be read. The format has no
/// checksums of contents, only of headers.
///
/// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
package struct TarArchive: Archive {
  package let members: [ArchiveMember]
  private let file: OpenedFile
  private let index: [String: Int]

  package var path: String { file.path }

  /// Opens the archive at `path`.
  ///
  /// - Throws: ``FileError`` if there is no such file, or it is not a sound tar file.
  package init(_ path: String) throws(FileError) {
    try self.init(OpenedFile(path))
  }

  /// Reads the headers of all members.
  ///
  /// - Throws: ``FileError`` if it is not a sound tar file.
  package init(_ file: OpenedFile) throws(FileError) {
    var walk = TarWalk(file)
    var members: [ArchiveMember] = []
    var index: [String: Int] = [:]
    while let member = try walk.next() {
      if let earlier = index.updateValue(members.count, forKey: member.name) {
        // Programs that append to an archive list folders again.
        guard member.isDirectory, members[earlier].isDirectory else {
          throw file.fault("it has the entry \(FileError.quoted(member.name)) twice")
        }
        index[member.name] = earlier
        continue
      }
      members.append(member)
    }
    self.file = file
    self.members = members
    self.index = index
  }

  package subscript(name: String) -> ArchiveMember? { index[name].map { members[$0] } }

  package func read(_ member: ArchiveMember, limit: Int) throws(FileError) -> [UInt8] {
    try checkReadable(member)
    guard member.size <= limit else {
      throw fault(member, "has \(member.size) bytes; the limit is \(limit)")
    }
    return try file.bytes(at: member.start..<member.end)
  }

  package func read(
    _ member: ArchiveMember, first count: Int
  ) throws(FileError) -> [UInt8] {
    try checkReadable(member)
    let wanted = min(max(count, 0), member.size)
    return try file.bytes(at: member.start..<(member.start + wanted))
  }
}
