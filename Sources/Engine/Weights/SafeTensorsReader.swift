import Files
import SafeTensorsFormat

extension SafeTensors {
  /// A validated header with the values that follow it.
  package struct File: Sendable {
    package let header: Header
    private let values: [UInt8]

    /// Reads a file with a valid ``Header``.
    ///
    /// - Throws: ``FileError`` if the file is invalid.
    package init(reading path: String) throws(FileError) { try self.init(OpenedFile(path)) }

    /// Reads an open file.
    package init(_ file: OpenedFile) throws(FileError) {
      // The header is validated against the file's size before memory is allocated for the values.
      header = try Header(file)
      values = try file.bytes(at: header.bytes.count..<file.size)
    }

    package var path: String { header.path }
    package var tensors: [Description] { header.tensors }

    /// SHA-256 of the whole file, in hexadecimal.
    package var sha256: String { Digest.hex(of: [header.bytes, values]) }

    /// The tensor's values, row-major, little endian.
    package func bytes(of tensor: Description) -> ArraySlice<UInt8> { values[tensor.offsets] }

    /// The values of all tensors.
    ///
    /// - Throws: ``FileError`` for a type that this program does not support.
    package func entries() throws(FileError) -> [Entry] {
      var result: [Entry] = []
      for tensor in tensors {
        guard let type = ElementType(rawValue: tensor.type) else {
          throw FileError(
            path: path,
            reason: "the tensor \(FileError.quoted(tensor.name)) has the type \(tensor.type), "
              + "which is not supported")
        }
        result.append(
          Entry(
            name: tensor.name, type: type, shape: tensor.shape, bytes: Array(bytes(of: tensor))))
      }
      return result
    }
  }
}
