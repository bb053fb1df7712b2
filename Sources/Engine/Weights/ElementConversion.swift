extension SafeTensors.ElementType {
  /// The type that a model uses for values of a file's `type`. Floating-point values become 32-bit floats and
  /// integers become 64-bit ones. PyTorch's `load_state_dict` converts between any two types; here floats and
  /// integers are not mixed, because that is usually a mistake. Half precision and `bfloat16` are widened
  /// exactly; doubles are rounded to the nearest float, as in PyTorch.
  ///
  /// - Parameter type: the type's name in `.safetensors`.
  init?(converting type: String) {
    switch type {
    case "F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2", "F8_E4M3FNUZ", "F8_E5M2FNUZ":
      self = .float32
    case "I64", "I32", "I16", "I8", "U32", "U16", "U8": self = .int64
    default: return nil
    }
  }

  /// Converts values of a file's `type` to bytes of this type.
  func convert(_ bytes: [UInt8], from type: String) -> [UInt8] {
    switch type {
    case "F64": Self.map(bytes) { (bits: UInt64) in Float(Double(bitPattern: bits)).bitPattern }
    case "F16": Self.map(bytes, Self.widened)
    case "BF16": Self.map(bytes) { (bits: UInt16) in UInt32(bits) << 16 }
    case "F8_E4M3": Self.map(bytes) { Self.widened($0, exponentBits: 4, bias: 7, .largestIsNaN) }
    case "F8_E5M2": Self.map(bytes) { Self.widened($0, exponentBits: 5, bias: 15, .infinities) }
    case "F8_E4M3FNUZ": Self.map(bytes) { Self.widened($0, exponentBits: 4, bias: 8, .zeroIsNaN) }
    case "F8_E5M2FNUZ": Self.map(bytes) { Self.widened($0, exponentBits: 5, bias: 16, .zeroIsNaN) }
    case "U32": Self.map(bytes) { (value: UInt32) in Int64(value) }
    case "U16": Self.map(bytes) { (value: UInt16) in Int64(value) }
    case "I32": Self.map(bytes) { (value: Int32) in Int64(value) }
    case "I16": Self.map(bytes) { (value: Int16) in Int64(value) }
    case "I8": Self.map(bytes) { (value: Int8) in Int64(value) }
    case "U8": Self.map(bytes) { (value: UInt8) in Int64(value) }
    default: bytes
    }
  }

  /// Converts a half-precision number by its bit fields: exact, and the same on every processor.
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

  /// The bit patterns of an 8-bit float that are not finite numbers.
  private enum Special {
    /// As in IEEE 754.
    case infinities
    /// Only all ones after the sign.
    case largestIsNaN
    /// Only the pattern of negative zero.
    case zeroIsNaN
  }

  /// Converts an 8-bit float to 32 bits, exactly.
  private static func widened(
    _ bits: UInt8, exponentBits: Int, bias: Int, _ special: Special
  ) -> UInt32 {
    let fractionBits = 7 - exponentBits
    let sign = UInt32(bits & 0x80) << 24
    let rest = bits & 0x7F
    let exponent = Int(rest >> fractionBits)
    let fraction = rest & (1 << fractionBits - 1)
    switch special {
    case .infinities where exponent == 1 << exponentBits - 1:
      return sign | (fraction == 0 ? 0x7F80_0000 : 0x7FC0_0000)
    case .largestIsNaN where rest == 0x7F: return sign | 0x7FC0_0000
    case .zeroIsNaN where bits == 0x80: return 0x7FC0_0000
    default: break
    }
    let significand = Float(fraction) + (exponent == 0 ? 0 : Float(1 << fractionBits))
    let power = max(exponent, 1) - bias - fractionBits
    return sign | (significand * Float(sign: .plus, exponent: power, significand: 1)).bitPattern
  }

  /// Counters stored as floats, as in a state dict that was converted to half precision as a whole. Counters
  /// that overflowed half precision restart from 0.
  static func counters(_ floats: [UInt8]) -> [UInt8] {
    map(floats) { (bits: UInt32) in
      let value = Float(bitPattern: bits)
      return abs(value) < 0x1p62 ? Int64(value) : 0
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
