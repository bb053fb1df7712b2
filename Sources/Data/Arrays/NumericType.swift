/// The types of numbers that arrays hold.
package enum NumericType: String, Sendable, CaseIterable {
  case bool, uint8, int8, uint16, int16, uint32, int32, uint64, int64
  case bfloat16, float16, float32, float64

  /// The size of a number in bytes.
  package var size: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .uint16, .int16, .bfloat16, .float16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    }
  }

  /// The numbers in `bytes`, which are in this processor's byte order, each rounded to the nearest `Number`.
  package func numbers<Number: BinaryFloatingPoint>(
    in bytes: UnsafeRawBufferPointer, as: Number.Type
  ) -> [Number] {
    switch self {
    case .bool: Self.map(bytes) { (value: UInt8) in value == 0 ? 0 : 1 }
    case .uint8: Self.map(bytes) { (value: UInt8) in Number(value) }
    case .int8: Self.map(bytes) { (value: Int8) in Number(value) }
    case .uint16: Self.map(bytes) { (value: UInt16) in Number(value) }
    case .int16: Self.map(bytes) { (value: Int16) in Number(value) }
    case .uint32: Self.map(bytes) { (value: UInt32) in Number(value) }
    case .int32: Self.map(bytes) { (value: Int32) in Number(value) }
    case .uint64: Self.map(bytes) { (value: UInt64) in Number(value) }
    case .int64: Self.map(bytes) { (value: Int64) in Number(value) }
    case .bfloat16:
      Self.map(bytes) { (bits: UInt16) in Number(Float(bitPattern: UInt32(bits) << 16)) }
    case .float16: Self.map(bytes) { (bits: UInt16) in Number(Float(Float16(bitPattern: bits))) }
    case .float32: Self.map(bytes) { (value: Float) in Number(value) }
    case .float64: Self.map(bytes) { (value: Double) in Number(value) }
    }
  }

  private static func map<Stored: BitwiseCopyable, Number>(
    _ bytes: UnsafeRawBufferPointer, _ number: (Stored) -> Number
  ) -> [Number] {
    let size = MemoryLayout<Stored>.size
    return [Number](unsafeUninitializedCapacity: bytes.count / size) { buffer, filled in
      for index in 0..<(bytes.count / size) {
        let stored = bytes.loadUnaligned(fromByteOffset: index * size, as: Stored.self)
        buffer.initializeElement(at: index, to: number(stored))
      }
      filled = bytes.count / size
    }
  }

  /// The size in bytes of an array of this type.
  ///
  /// - Returns: `nil` if a dimension is negative, or if the size would overflow with every 0 ignored: partial
  ///   products of such a shape overflow in some order.
  func byteCount(_ shape: [Int]) -> Int? {
    var count = size
    for dimension in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: max(dimension, 1))
      if overflow || dimension < 0 { return nil }
      count = product
    }
    return shape.contains(0) ? 0 : count
  }
}
