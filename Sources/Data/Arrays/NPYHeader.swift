import DataSchema
import Files

/// The header of a `.npy` file: what its array is and where the values begin.
/// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
struct NPYHeader: Equatable {
  let type: NumericType
  let isBigEndian: Bool
  /// Whether the first dimension, not the last, changes fastest from value to value.
  let isFortranOrder: Bool
  let shape: [Int]
  /// The size of everything before the values, in bytes.
  let size: Int

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// The longest text of a header: version 1 allows no more, and only records with very many fields need the
  /// later versions.
  static let limit = 1 << 16

  /// Reads the header at the start of `storage` and checks that the values it announces are there, and
  /// nothing after them.
  ///
  /// - Throws: ``ArrayFault``, or ``DataError`` if the file cannot be read.
  init(_ storage: ArrayStorage, path: String) throws(DataError) {
    let start = try storage.head(0..<min(storage.size, 12))
    let text = try ArrayFault.at(path) { () throws(ArrayFault) in
      try Self.textRange(start, fileSize: storage.size)
    }
    let bytes = try storage.head(text)
    self = try ArrayFault.at(path) { () throws(ArrayFault) in
      let header = try NPYHeader(text: bytes, version: start[6], size: text.upperBound)
      try header.check(fileSize: storage.size)
      return header
    }
  }

  /// The range of the header's text.
  private static func textRange(
    _ start: [UInt8], fileSize: Int
  ) throws(ArrayFault) -> Range<Int> {
    guard start.starts(with: magic) else { throw ArrayFault("is not a NumPy array (.npy)") }
    guard start.count >= 8 else { throw ArrayFault("is truncated in its header") }
    guard 1...3 ~= start[6] else {
      throw ArrayFault(
        "has version \(start[6]).\(start[7]) of the .npy format; versions 1 to 3 are supported")
    }
    let first = start[6] == 1 ? 10 : 12
    guard start.count >= first else { throw ArrayFault("is truncated in its header") }
    let count = start[8..<first].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard count <= limit else {
      throw ArrayFault("its header claims \(count) bytes, at most \(limit) are allowed")
    }
    guard count <= fileSize - first else { throw ArrayFault("is truncated in its header") }
    return first..<(first + count)
  }

  /// Reads the text of a header.
  ///
  /// - Parameters:
  ///   - version: 3 is UTF-8, the earlier ones Latin-1; they differ only in names of fields.
  ///   - size: of everything before the values, in bytes.
  init(text: [UInt8], version: UInt8, size: Int) throws(ArrayFault) {
    var literal = NPYLiteral(text)
    let fields = try literal.fields()
    (type, isBigEndian) = try NPYType.decode(fields.type)
    isFortranOrder = fields.isFortranOrder
    shape = fields.shape
    self.size = size
    if version == 3, String(validating: text, as: UTF8.self) == nil {
      throw ArrayFault("its header is not UTF-8")
    }
  }

  private func check(fileSize: Int) throws(ArrayFault) {
    guard let count = type.byteCount(shape) else {
      throw ArrayFault("its header declares the impossible shape \(ArrayShape.text(shape))")
    }
    let there = fileSize - size
    let announced = "\(ArrayShape.text(shape)) of \(type)"
    guard count <= there else {
      throw ArrayFault(
        "is truncated: its header declares \(announced), which are \(count) bytes, but only "
          + "\(there) follow")
    }
    guard count == there else {
      throw ArrayFault(
        "has \(there - count) bytes after its array of \(announced); save each array in a file "
          + "of its own, or all in an .npz file with numpy.savez")
    }
  }
}

/// Shapes as NumPy prints them.
enum ArrayShape {
  /// `(60000, 28, 28)`, `(10,)`, `()`.
  static func text(_ shape: [Int]) -> String {
    "(\(shape.map(String.init).joined(separator: ", "))\(shape.count == 1 ? "," : ""))"
  }
}
