/// The element type of an IDX file, by the code in its header. Numbers of several bytes are big-endian.
enum IDXElement: UInt8, CaseIterable, CustomStringConvertible {
  case unsignedByte = 0x08
  case signedByte = 0x09
  case int16 = 0x0b
  case int32 = 0x0c
  case float = 0x0d
  case double = 0x0e

  /// The size of an element in bytes.
  var size: Int {
    switch self {
    case .unsignedByte, .signedByte: 1
    case .int16: 2
    case .int32, .float: 4
    case .double: 8
    }
  }

  var description: String {
    switch self {
    case .unsignedByte: "unsigned bytes"
    case .signedByte: "signed bytes"
    case .int16: "16-bit integers"
    case .int32: "32-bit integers"
    case .float: "32-bit floating-point numbers (float)"
    case .double: "64-bit floating-point numbers (double)"
    }
  }

  /// Decodes `bytes` as 32-bit floats.
  func numbers(_ bytes: [UInt8]) -> [Float] {
    func words<Word: FixedWidthInteger>(_ type: Word.Type, _ value: (Word) -> Float) -> [Float] {
      bytes.withUnsafeBytes { bytes in
        stride(from: 0, to: bytes.count, by: MemoryLayout<Word>.size).map {
          value(Word(bigEndian: bytes.loadUnaligned(fromByteOffset: $0, as: Word.self)))
        }
      }
    }
    return switch self {
    case .unsignedByte: bytes.map { Float($0) }
    case .signedByte: bytes.map { Float(Int8(bitPattern: $0)) }
    case .int16: words(Int16.self) { Float($0) }
    case .int32: words(Int32.self) { Float($0) }
    case .float: words(UInt32.self) { Float(bitPattern: $0) }
    case .double: words(UInt64.self) { Float(Double(bitPattern: $0)) }
    }
  }
}

/// An array of numbers of any type, as in an IDX file of labels.
package struct IDXNumbers: Hashable, Sendable {
  /// Sizes, outermost first; their product is `values.count`.
  package let shape: [Int]
  package let values: [Float]

  package init(shape: [Int], values: [Float]) {
    self.shape = shape
    self.values = values
  }
}
