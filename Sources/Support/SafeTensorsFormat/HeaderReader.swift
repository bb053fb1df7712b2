import Files

/// Reads a header's JSON in the only form that the format allows: an object with one object per tensor.
/// A general JSON reader would accept duplicate keys, `1e2` as an integer and unlimited nesting.
package struct HeaderReader {
  private let bytes: [UInt8]
  private var position: Int
  /// What is being read, for messages.
  private let subject: String

  /// - Parameters:
  ///   - start: where the header begins in `bytes`; it extends to their end.
  ///   - subject: what is being read, for messages.
  package init(
    _ bytes: [UInt8], from start: Int,
    subject: String = "its header is not the JSON of a .safetensors file"
  ) {
    self.bytes = bytes
    position = start
    self.subject = subject
  }

  /// No framework supports more dimensions.
  private static let maximalRank = 64

  /// Reads the tensors that the header of a `.safetensors` file lists, in its order, and its metadata.
  mutating func read() throws(HeaderFault) -> (
    tensors: [SafeTensorsHeader.Tensor], metadata: [String: String]
  ) {
    guard position < bytes.count, bytes[position] == UInt8(ascii: "{") else {
      throw HeaderFault("its header does not start with '{'")
    }
    var tensors: [SafeTensorsHeader.Tensor] = []
    var metadata: [String: String] = [:]
    try object { (reader, name) throws(HeaderFault) in
      if name == "__metadata__" {
        // Some programs write null for missing metadata.
        if reader.accept(word: "null") { return }
        try reader.object { (reader, key) throws(HeaderFault) in
          metadata[key] = try reader.string()
        }
      } else {
        tensors.append(try reader.tensor(name))
      }
    }
    skipSpace()
    if position < bytes.count { throw fault("the end of the header") }
    return (tensors, metadata)
  }

  private mutating func tensor(_ name: String) throws(HeaderFault) -> SafeTensorsHeader.Tensor {
    var type: String?
    var shape: [Int]?
    var offsets: [Int]?
    try object { (reader, key) throws(HeaderFault) in
      switch key {
      case "dtype": type = try reader.string()
      case "shape": shape = try reader.numbers()
      case "data_offsets": offsets = try reader.numbers()
      default:
        throw HeaderFault(
          "the tensor \(FileError.quoted(name)) has the unknown key \(FileError.quoted(key))")
      }
    }
    guard let type, let shape, let offsets else {
      throw HeaderFault(
        "the tensor \(FileError.quoted(name)) lacks its dtype, shape or data_offsets")
    }
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw HeaderFault("the tensor \(FileError.quoted(name)) has invalid offsets")
    }
    return SafeTensorsHeader.Tensor(
      name: name, type: type, shape: shape, offsets: offsets[0]..<offsets[1])
  }

  /// Reads the `weight_map` of a shard index: the file that contains each tensor.
  ///
  /// - Returns: `nil` if the JSON has no such key.
  package mutating func readWeightMap() throws(HeaderFault) -> [(tensor: String, file: String)]? {
    var map: [(tensor: String, file: String)]?
    try object { (reader, name) throws(HeaderFault) in
      guard name == "weight_map" else { return try reader.skipValue() }
      var pairs: [(tensor: String, file: String)] = []
      try reader.object { (reader, tensor) throws(HeaderFault) in
        pairs.append((tensor, try reader.string()))
      }
      map = pairs
    }
    skipSpace()
    if position < bytes.count { throw fault("the end of the header") }
    return map
  }

  // MARK: JSON

  /// Skips any value, up to a nesting depth that real files do not exceed.
  private mutating func skipValue(depth: Int = 0) throws(HeaderFault) {
    guard depth < 64 else { throw HeaderFault("its JSON is nested too deeply") }
    skipSpace()
    switch position < bytes.count ? bytes[position] : 0 {
    case UInt8(ascii: "{"):
      try object { (reader, _) throws(HeaderFault) in try reader.skipValue(depth: depth + 1) }
    case UInt8(ascii: "["):
      try expect("[")
      if accept("]") { return }
      repeat { try skipValue(depth: depth + 1) } while accept(",")
      try expect("]")
    case UInt8(ascii: "\""): _ = try string()
    default:
      let start = position
      while position < bytes.count,
        case let byte = bytes[position],
        Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber
          || [UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains(byte)
      { position += 1 }
      if position == start { throw fault("a value") }
    }
  }

  /// Consumes `word` if it comes next.
  private mutating func accept(word: String) -> Bool {
    skipSpace()
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  private mutating func object(
    _ value: (inout HeaderReader, String) throws(HeaderFault) -> Void
  ) throws(HeaderFault) {
    try expect("{")
    if accept("}") { return }
    var seen: Set<String> = []
    repeat {
      let key = try string()
      guard seen.insert(key).inserted else {
        throw HeaderFault("its header has the key \(FileError.quoted(key)) twice")
      }
      try expect(":")
      try value(&self, key)
    } while accept(",")
    try expect("}")
  }

  private mutating func numbers() throws(HeaderFault) -> [Int] {
    var numbers: [Int] = []
    try expect("[")
    if accept("]") { return numbers }
    repeat {
      guard numbers.count < Self.maximalRank else {
        throw HeaderFault("its header has a list of more than \(Self.maximalRank) numbers")
      }
      numbers.append(try number())
    } while accept(",")
    try expect("]")
    return numbers
  }

  /// A non-negative integer.
  private mutating func number() throws(HeaderFault) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < bytes.count, case let digit = bytes[position],
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit)
    {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
      if overflow || carry { throw HeaderFault("its header has a number that is too large") }
      value = sum
      position += 1
    }
    let digits = bytes[start..<position]
    if digits.isEmpty || digits.first == UInt8(ascii: "0") && digits.count > 1 {
      throw fault("a non-negative integer", at: start)
    }
    return value
  }

  private mutating func string() throws(HeaderFault) -> String {
    try expect("\"")
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let string = String(validating: text, as: UTF8.self) else {
          throw HeaderFault("its header has a name that is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"):
        position += 1
        text += try escape().utf8
      case 0..<0x20: throw fault("'\"'")
      default:
        text.append(byte)
        position += 1
      }
    }
    throw fault("'\"'")
  }

  /// An escape sequence after its backslash.
  private mutating func escape() throws(HeaderFault) -> String {
    guard position < bytes.count else { throw fault("an escape") }
    let letter = bytes[position]
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      return String(UnicodeScalar(letter))
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var units = [try hexadecimal()]
      if UTF16.isLeadSurrogate(units[0]), bytes[position...].starts(with: "\\u".utf8) {
        position += 2
        units.append(try hexadecimal())
      }
      guard let text = String(validating: units, as: UTF16.self) else {
        throw HeaderFault("its header has an unpaired surrogate")
      }
      return text
    default: throw fault("an escape", at: position - 1)
    }
  }

  /// Four hexadecimal digits.
  private mutating func hexadecimal() throws(HeaderFault) -> UInt16 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4,
      digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw fault("four hexadecimal digits") }
    position += 4
    return unit
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(HeaderFault) {
    if !accept(character) { throw fault("'\(character)'") }
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
  }

  private func fault(_ expected: String, at place: Int? = nil) -> HeaderFault {
    HeaderFault("\(subject): expected \(expected) at byte \(place ?? position)")
  }
}
