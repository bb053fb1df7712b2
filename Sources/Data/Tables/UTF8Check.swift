/// Checks that bytes are UTF-8 (Unicode 16, table 3-7).
enum UTF8Check {
  /// The offset of the first byte that is not; `nil` if all of them are.
  static func firstInvalid(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int? {
    let raw = UnsafeRawPointer(start)
    var offset = 0
    while offset < count {
      if count - offset >= 8 {
        let word = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        if word & 0x8080_8080_8080_8080 == 0 {
          offset += 8
          continue
        }
      }
      let length = sequenceLength(start + offset, count - offset)
      if length == 0 { return offset }
      offset += length
    }
    return nil
  }

  /// How many bytes the character at `start` has; 0 if it is none.
  private static func sequenceLength(_ start: UnsafePointer<UInt8>, _ available: Int) -> Int {
    let first = start[0]
    if first < 0x80 { return 1 }
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return 0
    }
    guard available >= length, second.contains(start[1]) else { return 0 }
    for index in 2..<max(2, length) where start[index] & 0xC0 != 0x80 { return 0 }
    return length
  }
}
