import Files

extension Unpickler {
  /// Pushes a number or a string.
  mutating func constant(_ code: UInt8) throws(FileError) -> Bool {
    switch UnicodeScalar(code) {
    case "N": stack.append(.none)
    case "\u{88}": stack.append(.bool(true))
    case "\u{89}": stack.append(.bool(false))
    case "K": stack.append(.integer(Int(try source.number(1))))
    case "M": stack.append(.integer(Int(try source.number(2))))
    case "J": stack.append(.integer(Int(Int32(truncatingIfNeeded: try source.number(4)))))
    case "\u{8A}": stack.append(try integer(source.number(1)))
    case "\u{8B}": stack.append(try integer(source.number(4)))
    case "G":
      try source.skip(8)
      stack.append(.float)
    case "X", "T": try text(source.number(4))
    case "U", "\u{8C}": try text(source.number(1))
    case "\u{8D}": try text(source.number(8))
    case "C": try bytes(source.number(1))
    case "B": try bytes(source.number(4))
    case "\u{8E}", "\u{96}": try bytes(source.number(8))
    default: return false
    }
    return true
  }

  /// Pushes a constant written as a line of text, as in early pickles.
  mutating func textConstant(_ code: UInt8) throws(FileError) -> Bool {
    switch UnicodeScalar(code) {
    case "I":
      let line = String(decoding: try source.line(), as: UTF8.self)
      switch line {
      case "00", "01": stack.append(.bool(line == "01"))
      default:
        guard let value = Int(line) else { throw malformed }
        stack.append(.integer(value))
      }
    case "L":
      let line = String(decoding: try source.line(), as: UTF8.self)
      stack.append(
        Int(line.hasSuffix("L") ? line.dropLast() : line[...]).map { .integer($0) } ?? .float)
    case "F":
      _ = try source.line()
      stack.append(.float)
    case "S":
      let line = try source.line()
      guard line.count >= 2, let quote = line.first, quote == line.last else { throw malformed }
      stack.append(.text(heap.add(text: Array(line.dropFirst().dropLast()))))
    case "V": stack.append(.text(heap.add(text: try source.line())))
    case "p":
      guard let place = UInt64(String(decoding: try source.line(), as: UTF8.self)) else {
        throw malformed
      }
      memo[place] = try top()
    case "g":
      guard let place = UInt64(String(decoding: try source.line(), as: UTF8.self)) else {
        throw malformed
      }
      try recall(place)
    default: return false
    }
    return true
  }

  private mutating func text(_ size: UInt64) throws(FileError) {
    guard size <= UInt64(PickleBytes.textLimit) else {
      try source.skip(size)
      stack.append(.longText)
      return
    }
    stack.append(.text(heap.add(text: try source.bytes(Int(size)))))
  }

  /// Bytes objects, which no state dict needs.
  private mutating func bytes(_ size: UInt64) throws(FileError) {
    try source.skip(size)
    stack.append(.bytes)
  }

  /// A two's complement number.
  private mutating func integer(_ size: UInt64) throws(FileError) -> PickleValue {
    guard size < 256 else { throw file.fault("its pickle has a number of \(size) bytes") }
    let bytes = try source.bytes(Int(size))
    guard bytes.count <= 8 else { return .longInteger(heap.add(text: bytes)) }
    let fill: UInt64 = (bytes.last ?? 0) < 0x80 ? 0 : .max
    return .integer(Int(bitPattern: UInt(bytes.reversed().reduce(fill) { $0 << 8 | UInt64($1) })))
  }
}
