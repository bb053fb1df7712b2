import Files

/// Visits the members of a tar file from its start to its end.
struct TarWalk {
  private let file: OpenedFile
  /// Where the next header begins.
  private var position = 0
  /// What was read around the last header, and where it begins: many members are small.
  private var window: (start: Int, bytes: [UInt8]) = (0, [])
  private var isSmall = true

  init(_ file: OpenedFile) { self.file = file }

  /// The next member; `nil` at the end of the archive.
  mutating func next() throws(FileError) -> ArchiveMember? {
    var details = TarExtension()
    while let header = try nextHeader() {
      let start = position
      let shown = FileError.quoted(String(decoding: header.name, as: UTF8.self))
      let isDescription = [
        UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "L"), UInt8(ascii: "K"),
      ]
      .contains(header.kind)
      let size = isDescription ? header.size : details.size ?? header.size
      let hasContents = Self.obstacle(header.kind) == nil || Self.hasContents(header.kind)
      let stored = hasContents && header.kind != UInt8(ascii: "5") ? size : 0
      guard stored <= file.size - start else {
        throw file.fault("its entry \(shown) claims \(stored) bytes, more than the file holds")
      }
      // At the end of a file that is cut, the padding is missing; then there is no end either.
      let padded = stored + (TarHeader.block - stored % TarHeader.block) % TarHeader.block
      position = start + min(padded, file.size - start)
      isSmall = stored < 1 << 13
      guard isDescription else {
        if let member = try member(header, details, start..<(start + stored)) { return member }
        details = TarExtension()
        continue
      }
      guard size <= TarExtension.limit else {
        throw file.fault(
          "its entry \(shown) has \(size) bytes of metadata; the limit is \(TarExtension.limit)")
      }
      let bytes = try file.bytes(at: start..<(start + size))
      var isSound = true
      switch header.kind {
      case UInt8(ascii: "L"): details.take(longName: bytes)
      case UInt8(ascii: "x"): isSound = details.take(pax: bytes)
      case UInt8(ascii: "g"):
        var global = TarExtension()
        isSound = global.take(pax: bytes) && global.name == nil && global.size == nil
      default: break
      }
      guard isSound else { throw file.fault("its pax header at byte \(start) is malformed") }
    }
    return nil
  }

  /// The member that a header begins; `nil` for the top folder and volume labels.
  private func member(
    _ header: TarHeader, _ details: TarExtension, _ range: Range<Int>
  ) throws(FileError) -> ArchiveMember? {
    var raw = (details.name ?? header.name)[...]
    let isDirectory =
      header.kind == UInt8(ascii: "5")
      || Self.obstacle(header.kind) == nil && raw.last == UInt8(ascii: "/") && range.isEmpty
    while raw.starts(with: [UInt8(ascii: "."), UInt8(ascii: "/")]) { raw = raw.dropFirst(2) }
    if isDirectory {
      while raw.last == UInt8(ascii: "/"), raw.count > 1 { raw = raw.dropLast() }
      if raw.isEmpty || raw.elementsEqual([UInt8(ascii: ".")]) { return nil }
    }
    if header.kind == UInt8(ascii: "V") { return nil }
    let valid = String(validating: raw, as: UTF8.self)
    let name = valid ?? String(decoding: raw, as: UTF8.self)
    guard MemberName.isPlain(name.utf8) else {
      throw file.fault("its entry \(FileError.quoted(name)) has an invalid name")
    }
    let obstacle =
      valid == nil
      ? "has a name that is not UTF-8"
      : details.isSparse ? "is a sparse file" : Self.obstacle(header.kind)
    return ArchiveMember(
      name: name, size: range.count, compressedSize: range.count, method: .stored, checksum: nil,
      isDirectory: isDirectory, obstacle: obstacle, start: range.lowerBound, end: range.upperBound)
  }

  /// Why a member of a kind cannot be read; `nil` for files and directories.
  private static func obstacle(_ kind: UInt8) -> String? {
    switch kind {
    case 0, UInt8(ascii: "0"), UInt8(ascii: "5"), UInt8(ascii: "7"): nil
    case UInt8(ascii: "1"): "is a hard link to another entry, which is not followed"
    case UInt8(ascii: "2"): "is a symbolic link, which is not followed"
    case UInt8(ascii: "3"), UInt8(ascii: "4"), UInt8(ascii: "6"): "is a device or a pipe"
    case UInt8(ascii: "S"): "is a sparse file"
    default: "is of an unknown type"
    }
  }

  /// Whether bytes follow the header of a member that cannot be read.
  private static func hasContents(_ kind: UInt8) -> Bool {
    !(UInt8(ascii: "1")...UInt8(ascii: "6")).contains(kind)
  }

  private mutating func nextHeader() throws(FileError) -> TarHeader? {
    let place = position
    let cut = "its tar file is truncated"
    guard TarHeader.block <= file.size - place else { throw file.fault(cut) }
    if place < window.start || place + TarHeader.block > window.start + window.bytes.count {
      let end = min(place + (isSmall ? 1 << 16 : 1 << 10), file.size)
      window = (place, try file.bytes(at: place..<end))
    }
    let start = place - window.start
    let bytes = window.bytes[start..<(start + TarHeader.block)]
    position += TarHeader.block
    guard bytes.allSatisfy({ $0 == 0 }) else {
      return try TarHeader(bytes, at: place, in: file.path)
    }
    try checkEnd()
    return nil
  }

  /// Programs fill the file with zeros after the end.
  private func checkEnd() throws(FileError) {
    var place = position
    while place < file.size {
      let end = min(place + 1 << 20, file.size)
      guard try file.bytes(at: place..<end).allSatisfy({ $0 == 0 }) else {
        throw file.fault("has data after the end of its tar archive")
      }
      place = end
    }
  }
}
