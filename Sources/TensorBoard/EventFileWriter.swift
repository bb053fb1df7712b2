import Files
import Glibc
import PNGImage

/// An event file that TensorBoard reads, in TensorFlow's record format.
///
/// Each record goes to the system in one call, so that a program that is killed leaves whole records,
/// and TensorBoard itself passes over a last one that a full disk has cut. A run that goes on
/// continues its file.
/// https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
package final class EventFileWriter {
  package let path: String
  private let descriptor: Int32

  /// Creates `events.out.tfevents.<seconds>.<host>.<pid>.0` in a folder that is there.
  ///
  /// - Throws: ``FileError``, also where the file is there already.
  package init(
    in folder: String, wallTime: Double, host: String, processIdentifier: Int32 = getpid()
  ) throws {
    let seconds = Int64(exactly: wallTime.rounded(.down)) ?? 0
    let padded = String(repeating: "0", count: max(0, 10 - String(seconds).count)) + "\(seconds)"
    let host = String(host.unicodeScalars.map { Self.isPlain($0) ? Character($0) : "-" }.prefix(64))
    path = "\(folder)/events.out.tfevents.\(padded).\(host).\(processIdentifier).0"
    guard !path.utf8.contains(0) else {
      throw FileError(path: path, reason: "the name of a file cannot hold a zero byte")
    }
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw FileError(path: path, attempt: "create it", code: errno) }
    try append(EventMessage(wallTime: wallTime, step: 0, content: .fileVersion))
  }

  /// Goes on with a file, cut to `length` bytes.
  package init(continuing path: String, at length: Int) throws(FileError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    if descriptor < 0 { throw FileError(path: path, attempt: "open it", code: errno) }
    if ftruncate(descriptor, off_t(length)) != 0 {
      throw FileError(path: path, attempt: "shorten it", code: errno)
    }
  }

  /// Bytes in the file.
  package var length: Int { Int(lseek(descriptor, 0, SEEK_END)) }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Letters, digits, points and dashes of a host's name.
  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", ".", "-", "_": true
    default: false
    }
  }

  package func append(_ event: EventMessage) throws {
    try AtomicFile.append(Self.record(event.encoded()), to: descriptor, path: path)
  }

  /// The length, its checksum, the data, its checksum.
  package static func record(_ data: [UInt8]) -> [UInt8] {
    let length = UInt64(data.count).littleEndianBytes
    return length + CRC32C.masked(length).littleEndianBytes + data
      + CRC32C.masked(data).littleEndianBytes
  }

  /// Waits until everything appended is on the disk.
  package func synchronize() throws(FileError) {
    if fsync(descriptor) != 0 {
      throw FileError(path: path, attempt: "write it to the disk", code: errno)
    }
  }
}

@available(*, unavailable)
extension EventFileWriter: Sendable {}
