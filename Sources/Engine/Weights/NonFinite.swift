/// The values among 32-bit floats that are NaN or infinite.
struct NonFinite: CustomStringConvertible {
  private var nan = 0
  private var infinite = 0
  private let count: Int

  /// - Returns: `nil` if all values are finite.
  init?(_ bytes: [UInt8]) {
    count = bytes.count / 4
    bytes.withUnsafeBytes { buffer in
      for place in 0..<(buffer.count / 4) {
        let bits = UInt32(
          littleEndian: buffer.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self))
        guard bits & 0x7F80_0000 == 0x7F80_0000 else { continue }
        if bits & 0x007F_FFFF == 0 { infinite += 1 } else { nan += 1 }
      }
    }
    if nan == 0, infinite == 0 { return nil }
  }

  /// `NaN (3 of 10 values)`.
  var description: String {
    let what = nan == 0 ? "infinity" : infinite == 0 ? "NaN" : "NaN and infinity"
    return "\(what) (\(nan + infinite) of \(count) \(count == 1 ? "value" : "values"))"
  }
}
