import Files
import Glibc

/// Frames over two pipes, each behind its length as four bytes, little-endian. Calls block; a channel belongs to one
/// thread.
package struct FrameChannel {
  /// The longest frame in bytes, to notice a peer that speaks another language.
  private static let longest = 1 << 31

  private let input: Int32
  private let output: Int32

  /// - Parameters:
  ///   - input: a descriptor to read from; it stays open.
  ///   - output: a descriptor to write to; it stays open.
  package init(input: Int32, output: Int32) {
    self.input = input
    self.output = output
  }

  /// - Throws: ``FileError`` if nobody reads them any more.
  package func send(_ frame: [UInt8]) throws(FileError) {
    guard frame.count <= Self.longest else {
      throw FileError(path: Self.name, reason: "cannot take \(frame.count) bytes at once")
    }
    var message: [UInt8] = []
    message.reserveCapacity(4 + frame.count)
    withUnsafeBytes(of: UInt32(frame.count).littleEndian) { message.append(contentsOf: $0) }
    message += frame
    try AtomicFile.append(message, to: output, path: Self.name)
  }

  /// - Returns: `nil` if the other side has closed its end between two frames.
  /// - Throws: ``FileError`` if it ended within one, or the bytes are no frame.
  package func receive() throws(FileError) -> [UInt8]? {
    guard let start = try read(4) else { return nil }
    let count = start.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard count <= Self.longest else { throw Self.fault("holds no frame") }
    if count == 0 { return [] }
    guard let frame = try read(count) else { throw Self.fault("ended within a frame") }
    return frame
  }

  /// One line without its end, for the messages before the first frame.
  ///
  /// - Returns: `nil` if the other side has closed its end.
  package func receiveLine() throws(FileError) -> [UInt8]? {
    var line: [UInt8] = []
    while let byte = try read(1) {
      if byte[0] == UInt8(ascii: "\n") { return line }
      line += byte
      if line.count > 1 << 20 { throw Self.fault("holds no line") }
    }
    return line.isEmpty ? nil : line
  }

  package func send(line: [UInt8]) throws(FileError) {
    try AtomicFile.append(line + [UInt8(ascii: "\n")], to: output, path: Self.name)
  }

  /// Exactly `count` bytes; `nil` at the end.
  private func read(_ count: Int) throws(FileError) -> [UInt8]? {
    var (done, code): (Int, Int32) = (0, 0)
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while done < count {
        let step = Glibc.read(input, buffer.baseAddress.map { $0 + done }, count - done)
        if step < 0 && errno == EINTR { continue }
        if step < 0 { code = errno }
        if step <= 0 { break }
        done += step
      }
      filled = done
    }
    if code != 0 { throw FileError(path: Self.name, attempt: "read from it", code: code) }
    if done == count { return bytes }
    if done == 0 { return nil }
    throw Self.fault("ended within a frame")
  }

  private static let name = "the pipe between the service and its worker"

  private static func fault(_ reason: String) -> FileError { FileError(path: name, reason: reason) }
}
