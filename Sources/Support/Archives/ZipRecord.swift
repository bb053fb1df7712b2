import Files

/// An entry in a zip file's directory.
struct ZipRecord {
  /// Its name, repaired if it is not UTF-8.
  let name: String
  let hasValidName: Bool
  let flags: UInt64
  let method: UInt64
  let checksum: UInt32
  /// The size in the file in bytes.
  let packedSize: UInt64
  /// The unpacked size in bytes.
  let size: UInt64
  /// Where its own header begins.
  let offset: UInt64
  /// Whether it is in this file, and not in another part of the archive.
  let isHere: Bool

  /// Size and checksum follow the contents, and the fields before them may be 0.
  static let sizesFollow: UInt64 = 1 << 3
  /// The contents are encrypted, in any of three ways.
  static let encrypted: UInt64 = 1 | 1 << 6 | 1 << 13
  /// The compression level; sizes that follow; a name in UTF-8.
  static let known: UInt64 = 3 << 1 | sizesFollow | 1 << 11
  static let deflated: UInt64 = 8

  /// Reads the next entry of the directory.
  init(_ fields: inout ZipFields) throws(FileError) {
    try fields.signature((1, 2), of: "an entry of its directory")
    try fields.skip(4)  // versions
    flags = try fields.number(2)
    method = try fields.number(2)
    try fields.skip(4)  // time
    checksum = UInt32(truncatingIfNeeded: try fields.number(4))
    let (narrowPacked, narrowSize) = (try fields.number(4), try fields.number(4))
    let (nameSize, extraSize) = (Int(try fields.number(2)), Int(try fields.number(2)))
    let (commentSize, disk) = (Int(try fields.number(2)), try fields.number(2))
    try fields.skip(6)  // attributes
    let narrowOffset = try fields.number(4)
    let raw = try fields.take(nameSize)
    let valid = String(validating: raw, as: UTF8.self)
    name = valid ?? String(decoding: raw, as: UTF8.self)
    hasValidName = valid != nil
    isHere = disk == 0
    let wide = try Self.wide(try fields.take(extraSize), fields, name)
    try fields.skip(commentSize)
    // The wide values are in this order, each present only if the narrow one is at its maximum.
    var values = wide[...]
    func widened(_ narrow: UInt64) -> UInt64 {
      narrow == 0xFFFF_FFFF ? values.popFirst() ?? narrow : narrow
    }
    size = widened(narrowSize)
    packedSize = widened(narrowPacked)
    offset = widened(narrowOffset)
  }

  /// Why the entry cannot be read, worded to follow its name; `nil` if it can.
  var obstacle: String? {
    if !hasValidName { return "has a name that is not UTF-8" }
    if flags & ~Self.known != 0 || !isHere { return "is encrypted or uses an unsupported feature" }
    if method != 0 && method != Self.deflated {
      return "is compressed with the unsupported method \(method)"
    }
    if method == 0 && packedSize != size {
      return "is stored uncompressed, but has the sizes \(packedSize) and \(size)"
    }
    return nil
  }

  /// The integers in the extra field for 64-bit sizes.
  ///
  /// - Parameter name: of the entry, for messages.
  static func wide(
    _ extra: ArraySlice<UInt8>, _ fields: ZipFields, _ name: String
  ) throws(FileError) -> [UInt64] {
    var rest = extra
    var values: [UInt64]?
    while !rest.isEmpty {
      let start = rest.startIndex
      guard rest.count >= 4, case let size = Int(rest[start + 2]) | Int(rest[start + 3]) << 8,
        size <= rest.count - 4
      else {
        throw fields.fault(
          "its entry \(FileError.quoted(name)) has a truncated extra field")
      }
      let kind = Int(rest[start]) | Int(rest[start + 1]) << 8
      let body = rest[(start + 4)..<(start + 4 + size)]
      rest = rest[(start + 4 + size)...]
      guard kind == 1 else { continue }
      guard values == nil else {
        throw fields.fault("its entry \(FileError.quoted(name)) has two fields of 64-bit sizes")
      }
      values = stride(from: body.startIndex, through: body.endIndex - 8, by: 8).map { place in
        body[place..<(place + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
      }
    }
    return values ?? []
  }
}
