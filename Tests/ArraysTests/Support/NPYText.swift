/// A `.npy` file in which a test can put a lie.
struct NPYText {
  var magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  var version: UInt8 = 1
  var header: String
  /// In place of the header's size.
  var size: Int?
  var values: [UInt8]

  init(_ header: String, values: [UInt8] = []) {
    self.header = header
    self.values = values
  }

  /// The header that NumPy writes.
  init(_ type: String, _ shape: String, fortran: Bool = false, values: [UInt8] = []) {
    self.init(
      "{'descr': '\(type)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }\n",
      values: values)
  }

  var bytes: [UInt8] {
    let text = Array(header.utf8)
    let size = size ?? text.count
    let digits = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
    return magic + [version, 0] + digits + text + values
  }
}

/// The bytes of numbers, little endian.
func bytes<Number: BitwiseCopyable>(_ numbers: [Number]) -> [UInt8] {
  numbers.withUnsafeBytes { Array($0) }
}
