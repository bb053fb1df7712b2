import Files
import Glibc
import PNGImage

/// Writes an event file for TensorBoard, in TensorFlow's record format.
///
/// Each record is written in one system call, so a killed program leaves only whole records, and
/// TensorBoard skips a last record truncated by a full disk. A resumed run continues its file.
/// https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
package final class EventFileWriter {
  package let name: String
  private let file: AppendedFile

  /// Creates `events.out.tfevents.<seconds>.<host>.<pid>.0` in a directory.
  ///
  /// - Throws: ``FileError``, also if the file already exists.
  package init(
    in directory: RootedDirectory, wallTime: Double, host: String,
    processIdentifier: Int32 = getpid()
  ) throws {
    let seconds = Int64(exactly: wallTime.rounded(.down)) ?? 0
    let padded = String(repeating: "0", count: max(0, 10 - String(seconds).count)) + "\(seconds)"
    let host = String(host.unicodeScalars.map { Self.isPlain($0) ? Character($0) : "-" }.prefix(64))
    name = "\(Self.prefix)\(padded).\(host).\(processIdentifier).0"
    file = try AppendedFile(creating: name, in: directory)
    try append(EventMessage(wallTime: wallTime, step: 0, content: .fileVersion))
  }

  /// Continues a file, truncated to `length` bytes.
  ///
  /// - Throws: ``FileError``, also if the file is shorter: padding it would end the data for
  ///   TensorBoard where the padding begins.
  package init(
    continuing name: String, in directory: RootedDirectory, at length: Int
  ) throws(FileError) {
    self.name = name
    file = try AppendedFile(continuing: name, in: directory, at: length)
  }

  private static let prefix = "events.out.tfevents."

  /// Whether a name has the form that this program gives to event files.
  package static func isName(_ text: String) -> Bool {
    text.hasPrefix(prefix) && text.utf8.count <= 255
      && text.unicodeScalars.allSatisfy(isPlain) && text.hasSuffix(".0")
  }

  package var path: String { file.path }

  /// The length of the file in bytes.
  package var length: Int { file.length }

  /// Whether a character is kept in the host name: letters, digits, dots, dashes and underscores.
  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", ".", "-", "_": true
    default: false
    }
  }

  package func append(_ event: EventMessage) throws {
    try file.append(Self.record(event.encoded()))
  }

  /// A record: the length, its checksum, the data, and the data's checksum.
  package static func record(_ data: [UInt8]) -> [UInt8] {
    let length = UInt64(data.count).littleEndianBytes
    return length + CRC32C.masked(length).littleEndianBytes + data
      + CRC32C.masked(data).littleEndianBytes
  }

  /// Waits until everything appended is on disk.
  package func synchronize() throws(FileError) { try file.synchronize() }
}

@available(*, unavailable)
extension EventFileWriter: Sendable {}

extension FixedWidthInteger {
  /// The bytes, least significant first.
  fileprivate var littleEndianBytes: [UInt8] {
    (0..<(Self.bitWidth / 8)).map { UInt8(truncatingIfNeeded: self >> (8 * Self($0))) }
  }
}
