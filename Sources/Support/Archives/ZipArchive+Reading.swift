import CZlib
import Files

extension ZipArchive {
  /// Where the contents of a member lie in the file, compressed or not.
  ///
  /// - Throws: ``FileError`` if it cannot be read or its own header contradicts the directory.
  package func contents(of member: ArchiveMember) throws(FileError) -> Range<Int> {
    try checkReadable(member)
    return try ZipHeader(of: member, in: file).contents
  }

  package func read(_ member: ArchiveMember, limit: Int) throws(FileError) -> [UInt8] {
    let range = try contents(of: member)
    guard member.size <= limit else {
      throw fault(member, "has \(member.size) bytes; the limit is \(limit)")
    }
    try checkRatio(member)
    let packed = try file.bytes(at: range)
    var contents = packed
    if member.method == .deflated {
      // One byte more than announced, to detect longer contents.
      var inflater = Inflater(room: member.size + 1)
      guard inflater.take(packed) == .ended else { throw damage(member, "it cannot be unpacked") }
      contents = inflater.output
      guard contents.count == member.size else {
        throw damage(member, "it does not unpack to \(member.size) bytes")
      }
    }
    let sum = contents.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
    guard sum == UInt(member.checksum ?? 0) else { throw damage(member, "its CRC-32 is wrong") }
    return contents
  }

  package func read(
    _ member: ArchiveMember, first count: Int
  ) throws(FileError) -> [UInt8] {
    let range = try contents(of: member)
    let wanted = min(max(count, 0), member.size)
    guard member.method == .deflated else {
      return try file.bytes(at: range.lowerBound..<(range.lowerBound + wanted))
    }
    try checkRatio(member)
    var inflater = Inflater(room: wanted)
    var position = range.lowerBound
    // Images hardly compress, so about as many bytes are needed as are wanted.
    var step = min(max(wanted, 512), 1 << 20)
    while inflater.output.count < wanted {
      let end = min(position + step, range.upperBound)
      let state = inflater.take(try file.bytes(at: position..<end))
      if inflater.output.count == wanted { break }
      guard state == .hungry, end < range.upperBound else {
        throw damage(member, "it cannot be unpacked")
      }
      position = end
      step = min(2 * step, 1 << 20)
    }
    return inflater.output
  }

  /// Verifies the CRC-32 of a stored member without keeping its contents.
  package func verify(stored member: ArchiveMember) throws(FileError) {
    let range = try contents(of: member)
    var sum = crc32(0, nil, 0)
    var position = range.lowerBound
    while position < range.upperBound {
      let end = min(position + 1 << 20, range.upperBound)
      sum = try file.bytes(at: position..<end).withUnsafeBufferPointer {
        crc32(sum, $0.baseAddress, UInt32($0.count))
      }
      position = end
    }
    guard sum == UInt(member.checksum ?? 0) else { throw damage(member, "its CRC-32 is wrong") }
  }

  /// Deflate's densest code is 258 bytes in two bits, so larger announced sizes are impossible; memory is
  /// allocated only after this check.
  private func checkRatio(_ member: ArchiveMember) throws(FileError) {
    let most = member.compressedSize.multipliedReportingOverflow(by: 1032)
    guard member.method == .stored || most.overflow || member.size <= most.partialValue else {
      throw damage(member, "\(member.compressedSize) bytes cannot unpack to \(member.size)")
    }
  }

  private func damage(_ member: ArchiveMember, _ reason: String) -> FileError {
    fault(member, "is damaged: \(reason)")
  }
}
