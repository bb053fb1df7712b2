import Files
import Glibc
import PNGImage

/// An event file that TensorBoard reads, in TensorFlow's record format.
///
/// Each record goes to the system in one call, so that a program that is killed leaves whole records,
/// and TensorBoard itself skips a last one that a full disk has cut. A run that is resumed continues its
/// file.
/// https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
package final class EventFileWriter {
  package let name: String
  private let file: AppendedFile

  /// Creates `events.out.tfevents.<seconds>.<host>.<pid>.0` in a directory.
  ///
  /// - Throws: ``FileError``, also if there is such a file already.
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

  /// Continues a file, cut to `length` bytes.
  ///
  /// - Throws: ``FileError``, also if the file is shorter than that: filled up, it would end for TensorBoard
  ///   where the filling begins.
  package init(
    continuing name: String, in directory: RootedDirectory, at length: Int
  ) throws(FileError) {
    self.name = name
    file = try AppendedFile(continuing: name, in: directory, at: length)
  }

  private static let prefix = "events.out.tfevents."

  /// Whether a name is one that this program gives event files.
  package static func isName(_ text: String) -> Bool {
    text.hasPrefix(prefix) && text.utf8.count <= 255
      && text.unicodeScalars.allSatisfy(isPlain) && text.hasSuffix(".0")
  }

  package var path: String { file.path }

  /// Bytes in the file.
  package var length: Int { file.length }

  /// Letters, digits, points and dashes of a host's name.
  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", ".", "-", "_": true
    default: false
    }
  }

  package func append(_ event: EventMessage) throws {
    try file.append(Self.record(event.encoded()))
  }

  /// The length, its checksum, the data, its checksum.
  package static func record(_ data: [UInt8]) -> [UInt8] {
    let length = UInt64(data.count).littleEndianBytes
    return length + CRC32C.masked(length).littleEndianBytes + data
      + CRC32C.masked(data).littleEndianBytes
  }

  /// Waits until everything appended is on the disk.
  package func synchronize() throws(FileError) { try file.synchronize() }
}

@available(*, unavailable)
extension EventFileWriter: Sendable {}

extension FixedWidthInteger {
  /// The lowest byte first.
  fileprivate var littleEndianBytes: [UInt8] {
    (0..<(Self.bitWidth / 8)).map { UInt8(truncatingIfNeeded: self >> (8 * Self($0))) }
  }
}
