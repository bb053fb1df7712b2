import CZlib
import DataSchema

/// Reads gzip files (RFC 1952) like the gzip program: one or more members, optionally followed by zero bytes.
/// Anything else after the last member is an error, while the gzip program only warns.
package enum Gzip {
  /// No compressed byte stands for more: deflate's densest code is 258 bytes in two bits.
  package static let mostBytesPerCompressedByte = 1032

  /// Whether a file that begins with `bytes` is a gzip file.
  package static func begins(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1f, 0x8b]) }

  /// The uncompressed contents of the gzip file at `path`.
  ///
  /// Throws if they exceed `limit` bytes, or if the file is truncated, corrupt, has a wrong size field or has
  /// trailing data. Memory use stays below twice the smaller of `limit` and the actual size.
  package static func inflate(
    contentsOf path: String, limit: Int
  ) throws(DataError) -> [UInt8] {
    let input = try GzipInput(InputFile(path: path))
    let step = 1 << 18
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: step, alignment: 16)
    defer { chunk.deallocate() }
    var output: [UInt8] = []
    while true {
      let got = try input.read(into: chunk)
      guard got <= limit - output.count else {
        throw DataError(path: path, reason: "unpacks to more than the \(limit) bytes allowed")
      }
      output.append(contentsOf: chunk[..<got])
      if got < step { return output }
    }
  }
}

/// The uncompressed bytes of a gzip file, one piece after the other.
package final class GzipInput {
  private let file: InputFile
  /// zlib keeps this address, so the state is allocated separately.
  private let stream: UnsafeMutablePointer<z_stream>
  private let compressed: UnsafeMutableRawBufferPointer
  private var fileEnded = false
  private var streamEnded = false

  /// Begins at the start of `file`.
  package init(_ file: InputFile) throws(DataError) {
    guard Gzip.begins(try file.firstBytes(2)) else {
      throw DataError(path: file.path, reason: "is not a gzip file")
    }
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 16 selects the gzip format, so that its checksum and size are verified too.
    let windowBits: Int32 = 15 + 16
    let status = inflateInit2_(
      stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      stream.deallocate()
      throw DataError(path: file.path, reason: "cannot unpack it: zlib returned status \(status)")
    }
    self.file = file
    self.stream = stream
    self.compressed = .allocate(byteCount: 1 << 17, alignment: 16)
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    compressed.deallocate()
  }

  /// Fills `buffer` and returns how many bytes there were: fewer than asked only at the end, and
  /// then the checksum and size of every member have been verified and nothing else follows.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    var filled = 0
    while filled < buffer.count, !streamEnded {
      try refill()
      let room = min(buffer.count - filled, Int(UInt32.max))
      stream.pointee.next_out = buffer.baseAddress.map {
        ($0 + filled).assumingMemoryBound(to: UInt8.self)
      }
      stream.pointee.avail_out = UInt32(room)
      let status = CZlib.inflate(stream, Z_NO_FLUSH)
      filled += room - Int(stream.pointee.avail_out)
      switch status {
      case Z_OK: continue
      case Z_STREAM_END:
        if try beginsAnotherMember() { continue }
        streamEnded = true
        try checkPadding()
      case Z_BUF_ERROR where fileEnded:
        throw DataError(
          path: file.path, reason: "the gzip data is truncated: the file is incomplete")
      case Z_BUF_ERROR: continue
      default:
        let detail =
          stream.pointee.msg.map { String(cString: $0) } ?? "zlib returned status \(status)"
        throw DataError(path: file.path, reason: "the gzip data is damaged (\(detail))")
      }
    }
    return filled
  }

  /// Reads the next piece of the file once zlib has consumed the last one.
  private func refill() throws(DataError) {
    guard stream.pointee.avail_in == 0, !fileEnded else { return }
    let got = try file.read(into: compressed)
    fileEnded = got < compressed.count
    stream.pointee.next_in = compressed.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = UInt32(got)
  }

  /// Prepares zlib for another member if one follows.
  private func beginsAnotherMember() throws(DataError) -> Bool {
    try refill()
    guard stream.pointee.avail_in > 0, stream.pointee.next_in[0] == 0x1f else { return false }
    // zlib checks the rest of the member's header.
    guard inflateReset(stream) == Z_OK else {
      throw DataError(path: file.path, reason: "the gzip data is damaged")
    }
    return true
  }

  /// Reads to the end of the file, where only zero bytes may follow: tapes and disks use them as padding.
  private func checkPadding() throws(DataError) {
    while true {
      try refill()
      let count = Int(stream.pointee.avail_in)
      guard count > 0, let next = stream.pointee.next_in else { return }
      guard UnsafeBufferPointer(start: next, count: count).allSatisfy({ $0 == 0 }) else {
        throw DataError(path: file.path, reason: "its gzip data is followed by other data")
      }
      stream.pointee.avail_in = 0
    }
  }
}

@available(*, unavailable)
extension GzipInput: Sendable {}
