import CZlib
import Files

extension ZipArchive {
  /// The contents of a deflated entry, verified against the size and CRC-32 in the directory. Memory is
  /// allocated for the declared size, which has been checked for plausibility.
  static func unpack(_ entry: Entry, in file: OpenedFile) throws(FileError) -> [UInt8] {
    let damaged = file.fault("its entry \(HeaderFault.shown(entry.name)) is damaged: ")
    func fault(_ reason: String) -> FileError { file.fault(damaged.reason + reason) }
    // Deflate's best ratio is 258 bytes in two bits, so larger declared sizes are impossible.
    guard entry.size <= entry.range.count.multipliedReportingOverflow(by: 1032).partialValue else {
      throw fault("\(entry.range.count) bytes cannot unpack to \(entry.size)")
    }
    let packed = try file.bytes(at: entry.range)
    var status = Z_OK
    // One byte more than declared, to detect longer contents.
    let room = entry.size + 1
    let contents = [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
      filled = 0
      var stream = z_stream()
      status = inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
      guard status == Z_OK else { return }
      packed.withUnsafeBufferPointer { input in
        var (read, written) = (0, 0)
        repeat {
          let (given, free) = (min(input.count - read, 1 << 30), min(room - written, 1 << 30))
          stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress.map { $0 + read })
          stream.avail_in = UInt32(given)
          stream.next_out = buffer.baseAddress.map { $0 + written }
          stream.avail_out = UInt32(free)
          status = inflate(&stream, Z_NO_FLUSH)
          let (took, gave) = (given - Int(stream.avail_in), free - Int(stream.avail_out))
          read += took
          written += gave
          if status == Z_OK, took == 0, gave == 0 { status = Z_BUF_ERROR }
        } while status == Z_OK
        if status == Z_STREAM_END, read < input.count { status = Z_DATA_ERROR }
        filled = written
      }
      inflateEnd(&stream)
    }
    guard status == Z_STREAM_END else { throw fault("it cannot be unpacked") }
    guard contents.count == entry.size else {
      throw fault("it unpacks to other than \(entry.size) bytes")
    }
    let sum = contents.withUnsafeBufferPointer {
      crc32_z(0, $0.baseAddress, $0.count)
    }
    guard sum == UInt(entry.checksum) else { throw fault("its CRC-32 is wrong") }
    return contents
  }
}
