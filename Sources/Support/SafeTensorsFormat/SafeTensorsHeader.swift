import Files

/// What a `.safetensors` file declares to contain, without the values: eight bytes of header size, a JSON
/// header, then the raw values.
/// https://github.com/huggingface/safetensors#format
package struct SafeTensorsHeader: Sendable {
  /// The location of a tensor in a file.
  package struct Tensor: Sendable, Equatable {
    package let name: String
    package let type: String
    package let shape: [Int]
    /// Relative to the end of the header.
    package let offsets: Range<Int>
  }

  package let path: String
  /// In the order of their values.
  package let tensors: [Tensor]
  /// The file's `__metadata__`; empty if it has none.
  package let metadata: [String: String]
  /// The file's first bytes: the size of the header, then the header.
  package let bytes: [UInt8]

  /// Reads the header and validates it strictly: the offsets cover the rest of the file without gaps or
  /// overlaps, and every size matches its shape. The values are not read.
  ///
  /// - Throws: ``FileError`` with what is wrong.
  package init(reading path: String) throws(FileError) { try self.init(OpenedFile(path)) }

  package init(_ file: OpenedFile) throws(FileError) {
    path = file.path
    let end = 8 + (try Self.size(file))
    bytes = try file.bytes(at: 0..<end)
    var reader = HeaderReader(bytes, from: 8)
    do throws(HeaderFault) {
      let contents = try reader.read()
      metadata = contents.metadata
      tensors = contents.tensors.sorted {
        ($0.offsets.lowerBound, $0.offsets.upperBound, $0.name)
          < ($1.offsets.lowerBound, $1.offsets.upperBound, $1.name)
      }
      try Self.checkTiling(tensors, dataSize: file.size - end)
    } catch {
      throw FileError(path: file.path, reason: error.reason)
    }
  }

  /// The format's own implementation has the same limit.
  private static let limit = 100_000_000

  private static func size(_ file: OpenedFile) throws(FileError) -> Int {
    guard file.size >= 8 else {
      throw FileError(path: file.path, reason: "is too short for a .safetensors file")
    }
    let size = try file.bytes(at: 0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard size <= UInt64(file.size - 8) else {
      throw FileError(
        path: file.path, reason: "its header claims \(size) bytes, more than the file holds")
    }
    guard size <= UInt64(limit) else {
      throw FileError(
        path: file.path, reason: "its header claims \(size) bytes; the limit is \(limit)")
    }
    return Int(size)
  }

  /// Bytes for each element, including types that this program does not support.
  private static let sizes = [
    "C64": 8, "F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2,
    "I16": 2, "U16": 2, "F8_E4M3": 1, "F8_E5M2": 1, "F8_E8M0": 1, "I8": 1, "U8": 1, "BOOL": 1,
  ]

  private static func checkTiling(
    _ tensors: [Tensor], dataSize: Int
  ) throws(HeaderFault) {
    var end = 0
    for tensor in tensors {
      let name = FileError.quoted(tensor.name)
      guard let size = sizes[tensor.type] else {
        throw HeaderFault(
          "the tensor \(name) has the unknown type \(FileError.quoted(tensor.type))")
      }
      guard let count = Self.byteCount(tensor.shape, size) else {
        throw HeaderFault("the tensor \(name) has an invalid shape")
      }
      guard tensor.offsets.count == count else {
        throw HeaderFault(
          "the tensor \(name) has \(tensor.offsets.count) bytes, but its shape \(tensor.shape) needs "
            + "\(count)")
      }
      guard tensor.offsets.lowerBound == end else {
        throw HeaderFault(
          "the tensor \(name) \(tensor.offsets.lowerBound < end ? "overlaps" : "leaves a gap after") "
            + "the tensor before it")
      }
      end = tensor.offsets.upperBound
    }
    guard end == dataSize else {
      throw HeaderFault("it holds \(dataSize) bytes of values, but its header describes \(end)")
    }
  }

  /// The size of a tensor's values; `nil` if a dimension is negative, or if the size would overflow with
  /// every 0 ignored: strides and partial products of such a shape overflow in some order.
  package static func byteCount(_ shape: [Int], _ elementSize: Int) -> Int? {
    var count = elementSize
    for dim in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: max(dim, 1))
      if overflow || dim < 0 { return nil }
      count = product
    }
    return shape.contains(0) ? 0 : count
  }
}
