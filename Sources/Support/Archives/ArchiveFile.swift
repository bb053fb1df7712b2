import Files

/// Opens archives, whose format is told by their contents.
package enum ArchiveFile {
  /// Opens a zip or tar file.
  ///
  /// - Throws: ``FileError`` if there is no such file, it is neither, or it is compressed as a whole, which allows
  ///   no access to single members.
  package static func open(_ path: String) throws(FileError) -> any Archive {
    let file = try OpenedFile(path)
    let start = try file.bytes(at: 0..<min(file.size, TarHeader.block))
    if start.isEmpty { throw file.fault("is empty") }
    if start.starts(with: [0x50, 0x4B, 3, 4]) || start.starts(with: [0x50, 0x4B, 5, 6]) {
      return try ZipArchive(file)
    }
    for (magic, name, program) in compressions where start.starts(with: magic) {
      throw file.fault(
        "is compressed as a whole with \(name), so single files in it cannot be read; run "
          + "'\(program)' on it first, or unpack it")
    }
    for (magic, name) in others where start.starts(with: magic) {
      throw file.fault("is a \(name) archive; only zip and tar archives are supported")
    }
    // An archive without members is two blocks of zeros.
    guard TarHeader.isSound(start) || file.size >= 1024 && start.allSatisfy({ $0 == 0 }) else {
      throw file.fault("is not a zip or tar archive")
    }
    return try TarArchive(file)
  }

  private static let compressions: [(magic: [UInt8], name: String, program: String)] = [
    ([0x1F, 0x8B], "gzip", "gunzip"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "xz", "unxz"),
    ([0x42, 0x5A, 0x68], "bzip2", "bunzip2"), ([0x28, 0xB5, 0x2F, 0xFD], "zstd", "unzstd"),
  ]

  private static let others: [(magic: [UInt8], name: String)] = [
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "7-Zip"), (Array("Rar!".utf8), "RAR"),
  ]
}
