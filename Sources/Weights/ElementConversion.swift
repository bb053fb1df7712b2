extension SafeTensors.ElementType {
  /// What values of a file's `type` become in a model. PyTorch's `load_state_dict` copies with
  /// conversion between any two types; here floating-point numbers become 32-bit floats and whole
  /// numbers 64-bit ones, and nothing changes from the one kind to the other, for that is a mistake
  /// more often than it is meant. Half precision and `bfloat16` widen exactly; doubles are rounded to
  /// the nearest float, as PyTorch does.
  ///
  /// - Parameter type: as `.safetensors` names it.
  init?(converting type: String) {
    switch type {
    case "F64", "F32", "F16", "BF16": self = .float32
    case "I64", "I32", "I16", "I8", "U8": self = .int64
    default: return nil
    }
  }

  /// The bytes of this type for values of a file's `type`.
  func convert(_ bytes: [UInt8], from type: String) -> [UInt8] {
    switch type {
    case "F64": Self.map(bytes) { (bits: UInt64) in Float(Double(bitPattern: bits)).bitPattern }
    case "F16": Self.map(bytes, Self.widened)
    case "BF16": Self.map(bytes) { (bits: UInt16) in UInt32(bits) << 16 }
    case "I32": Self.map(bytes) { (value: Int32) in Int64(value) }
    case "I16": Self.map(bytes) { (value: Int16) in Int64(value) }
    case "I8": Self.map(bytes) { (value: Int8) in Int64(value) }
    case "U8": Self.map(bytes) { (value: UInt8) in Int64(value) }
    default: bytes
    }
  }

  /// A half as a float, by its fields: exact, and the same on every processor.
  private static func widened(_ half: UInt16) -> UInt32 {
    let sign = UInt32(half & 0x8000) << 16
    let exponent = UInt32(half >> 10 & 0x1F)
    let fraction = UInt32(half & 0x3FF)
    switch (exponent, fraction) {
    case (0, _):  // a multiple of 2⁻²⁴
      return sign | (Float(fraction) * 0x1p-24).bitPattern
    case (31, _): return sign | 0x7F80_0000 | fraction << 13
    default: return sign | (exponent + 112) << 23 | fraction << 13
    }
  }

  private static func map<From: FixedWidthInteger, To: FixedWidthInteger>(
    _ bytes: [UInt8], _ change: (From) -> To
  ) -> [UInt8] {
    let (from, to) = (MemoryLayout<From>.size, MemoryLayout<To>.size)
    let count = bytes.count / from
    return [UInt8](unsafeUninitializedCapacity: count * to) { target, filled in
      let target = UnsafeMutableRawBufferPointer(target)
      bytes.withUnsafeBytes { source in
        for index in 0..<count {
          let value = From(
            littleEndian: source.loadUnaligned(fromByteOffset: index * from, as: From.self))
          target.storeBytes(
            of: change(value).littleEndian, toByteOffset: index * to, as: To.self)
        }
      }
      filled = count * to
    }
  }
}
