import Files
import SafeTensorsFormat

extension SafeTensors {
  /// A validated header and an open file whose values are read in pieces.
  package final class Stream {
    package let header: Header
    private let file: OpenedFile

    /// - Throws: ``FileError`` if the file is invalid.
    package init(_ file: OpenedFile) throws(FileError) {
      self.file = file
      header = try Header(file)
    }

    /// A range of a tensor's bytes, row-major, little endian.
    package func bytes(
      of tensor: Description, _ range: Range<Int>
    ) throws(FileError) -> [UInt8] {
      precondition(range.upperBound <= tensor.offsets.count)
      let start = header.bytes.count + tensor.offsets.lowerBound
      return try file.bytes(at: (start + range.lowerBound)..<(start + range.upperBound))
    }
  }
}

@available(*, unavailable)
extension SafeTensors.Stream: Sendable {}
