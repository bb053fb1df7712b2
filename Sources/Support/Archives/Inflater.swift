import CZlib

/// Unpacks deflated bytes, piece by piece, up to a size that is given in advance.
struct Inflater: ~Copyable {
  enum State {
    /// More input is needed.
    case hungry
    /// The stream is complete, and all input was used.
    case ended
    /// The output is full and the stream has more data.
    case full
    case damaged
  }

  /// What has been unpacked.
  private(set) var output: [UInt8] = []
  private let room: Int
  private let stream: UnsafeMutablePointer<z_stream>
  private var isReady: Bool

  /// - Parameter room: the largest number of bytes of output.
  init(room: Int) {
    self.room = room
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // Without zlib's own header.
    isReady =
      inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
  }

  deinit {
    if isReady { inflateEnd(stream) }
    stream.deallocate()
  }

  /// Unpacks as much of the next bytes of input as there is room for.
  mutating func take(_ input: [UInt8]) -> State {
    guard isReady else { return .damaged }
    var status = Z_OK
    var read = 0
    let (stream, room, old) = (stream, room, output)
    output = [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
      filled = buffer.update(fromContentsOf: old)
      input.withUnsafeBufferPointer { input in
        repeat {
          let (given, free) = (min(input.count - read, 1 << 30), min(room - filled, 1 << 30))
          stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress.map { $0 + read })
          stream.pointee.avail_in = UInt32(given)
          stream.pointee.next_out = buffer.baseAddress.map { $0 + filled }
          stream.pointee.avail_out = UInt32(free)
          status = inflate(stream, Z_NO_FLUSH)
          let (took, gave) = (
            given - Int(stream.pointee.avail_in), free - Int(stream.pointee.avail_out)
          )
          read += took
          filled += gave
          if status == Z_OK, took == 0, gave == 0 { status = Z_BUF_ERROR }
        } while status == Z_OK && (read < input.count || filled < room)
      }
    }
    switch status {
    case Z_STREAM_END: return read == input.count ? .ended : .damaged
    case Z_OK, Z_BUF_ERROR:
      return output.count == room ? .full : .hungry
    default: return .damaged
    }
  }
}
