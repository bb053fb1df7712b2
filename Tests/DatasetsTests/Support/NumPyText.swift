/// The bytes of `.npy` files.
enum NumPyText {
  /// An array as `numpy.save` writes it.
  ///
  /// - Parameters:
  ///   - type: such as `<f4`.
  ///   - shape: as Python writes it, such as `(3,)`.
  ///   - values: in this processor's byte order, little endian.
  static func npy<Number: BitwiseCopyable>(
    _ type: String, _ shape: String, fortran: Bool = false, _ values: [Number]
  ) -> [UInt8] {
    let header =
      "{'descr': '\(type)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }\n"
    let size = [UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)]
    return [0x93] + Array("NUMPY".utf8) + [1, 0] + size + Array(header.utf8)
      + values.withUnsafeBytes { Array($0) }
  }
}
