import Files

/// Reads the text of a `.npy` header: a Python dictionary of a type, a flag and a shape, and nothing else that
/// Python's syntax has.
struct NPYLiteral {
  /// What the dictionary holds.
  struct Fields {
    var type: TypeName
    var isFortranOrder: Bool
    var shape: [Int]
  }

  /// The value of `descr`.
  enum TypeName {
    case name(String)
    /// A list of named fields.
    case record
  }

  /// NumPy has no arrays with more dimensions.
  private static let maximalRank = 64
  /// No type of NumPy is nested so deeply.
  private static let maximalDepth = 32

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Reads the whole text.
  mutating func fields() throws(ArrayFault) -> Fields {
    var type: TypeName?
    var isFortranOrder: Bool?
    var shape: [Int]?
    var names: Set<String> = []
    try expect("{")
    while !accept("}") {
      let name = try string()
      guard names.insert(name).inserted else {
        throw ArrayFault("its header has '\(FileError.printable(name))' twice")
      }
      try expect(":")
      switch name {
      case "descr": type = try typeName()
      case "fortran_order": isFortranOrder = try flag()
      case "shape": shape = try self.shape()
      default: throw ArrayFault("its header has the unknown entry '\(FileError.printable(name))'")
      }
      if accept(",") { continue }
      try expect("}")
      break
    }
    skipSpace()
    if position < bytes.count { throw fault("its end") }
    guard let type, let isFortranOrder, let shape else {
      throw ArrayFault("its header lacks 'descr', 'fortran_order' or 'shape'")
    }
    return Fields(type: type, isFortranOrder: isFortranOrder, shape: shape)
  }

  private mutating func typeName() throws(ArrayFault) -> TypeName {
    skipSpace()
    if peek() == UInt8(ascii: "'") || peek() == UInt8(ascii: "\"") { return .name(try string()) }
    guard peek() == UInt8(ascii: "[") || peek() == UInt8(ascii: "(") else {
      throw fault("a type")
    }
    try skipSequence(depth: 0)
    return .record
  }

  /// Skips a list or tuple of strings, numbers, lists and tuples.
  private mutating func skipSequence(depth: Int) throws(ArrayFault) {
    guard depth < Self.maximalDepth else { throw ArrayFault("its header is nested too deeply") }
    let close: Unicode.Scalar = accept("[") ? "]" : ")"
    if close == ")" { try expect("(") }
    while !accept(close) {
      skipSpace()
      switch peek() {
      case UInt8(ascii: "["), UInt8(ascii: "("): try skipSequence(depth: depth + 1)
      case UInt8(ascii: "'"), UInt8(ascii: "\""): _ = try string()
      default: _ = try number()
      }
      if accept(",") { continue }
      try expect(close)
      return
    }
  }

  private mutating func flag() throws(ArrayFault) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)]
    where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw fault("True or False")
  }

  private mutating func shape() throws(ArrayFault) -> [Int] {
    var shape: [Int] = []
    try expect("(")
    while !accept(")") {
      guard shape.count < Self.maximalRank else {
        throw ArrayFault("its header has a shape of more than \(Self.maximalRank) dimensions")
      }
      shape.append(try number())
      if accept(",") { continue }
      // A number in parentheses is no tuple in Python.
      guard shape.count > 1 else { throw fault("','") }
      try expect(")")
      break
    }
    return shape
  }

  /// A whole number from 0, with the `L` that Python 2 wrote after large ones.
  private mutating func number() throws(ArrayFault) -> Int {
    skipSpace()
    if peek() == UInt8(ascii: "-") {
      throw ArrayFault("its header has a negative number at byte \(position)")
    }
    let start = position
    var value = 0
    while let digit = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
      if overflow || carry { throw ArrayFault("its header has a number that is too large") }
      value = sum
      position += 1
    }
    let digits = position - start
    guard digits > 0, digits == 1 || bytes[start] != UInt8(ascii: "0") else {
      position = start
      throw fault("a whole number")
    }
    if peek() == UInt8(ascii: "L") { position += 1 }
    return value
  }

  /// A string in either kind of quotation marks. Backslashes keep the mark after them from ending it; they
  /// occur only in names of fields, which nobody reads.
  private mutating func string() throws(ArrayFault) -> String {
    skipSpace()
    guard let mark = peek(), mark == UInt8(ascii: "'") || mark == UInt8(ascii: "\"") else {
      throw fault("a string")
    }
    position += 1
    let start = position
    while let byte = peek(), byte != mark {
      position += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    guard position < bytes.count else {
      position = start
      throw fault("the end of a string")
    }
    position += 1
    return String(decoding: bytes[start..<(position - 1)], as: UTF8.self)
  }

  private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek() == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(ArrayFault) {
    if !accept(character) { throw fault("'\(character)'") }
  }

  private mutating func skipSpace() {
    while let byte = peek(), [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
  }

  private func fault(_ expected: String) -> ArrayFault {
    ArrayFault("its header is not that of a NumPy array: expected \(expected) at byte \(position)")
  }
}
