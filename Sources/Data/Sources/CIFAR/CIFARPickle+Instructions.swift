import DataSchema
import Files

extension CIFARPickle {
  /// Carries out one instruction.
  mutating func perform(_ code: UInt8) throws(DataError) {
    switch Character(Unicode.Scalar(code)) {
    case "\u{80}": _ = try take(1)  // the version
    case "\u{95}": _ = try take(8)  // the length of a frame
    case "(": marks.append(stack.count)
    case "N": stack.append(.none)
    case "\u{88}": stack.append(.boolean(true))
    case "\u{89}": stack.append(.boolean(false))
    case "K": stack.append(.integer(try number(1)))
    case "M": stack.append(.integer(try number(2)))
    case "J": stack.append(.integer(Int(Int32(truncatingIfNeeded: try number(4)))))
    case "\u{8A}": stack.append(.integer(try long(number(1))))
    case "U", "C": stack.append(.bytes(try take(number(1))))
    case "T", "B": stack.append(.bytes(try take(number(4))))
    case "\u{8E}": stack.append(.bytes(try take(number(8))))
    case "\u{8C}": stack.append(try text(count: number(1)))
    case "X": stack.append(try text(count: number(4)))
    case "]": stack.append(.list([]))
    case "}": stack.append(.dictionary([:]))
    case ")": stack.append(.tuple([]))
    case "\u{85}", "\u{86}", "\u{87}":
      var items: [Value] = []
      for _ in 0...(code - 0x85) { items.append(try pop()) }
      stack.append(try tuple(items.reversed()))
    case "t": stack.append(try tuple(popMark()))
    case "a": try append([pop()])
    case "e": try append(popMark())
    case "s":
      let value = try pop()
      try set([pop(), value])
    case "u": try set(popMark())
    case "q": try remember(number(1))
    case "r": try remember(number(4))
    case "\u{94}": try remember(memo.count)
    case "h": stack.append(try recall(number(1)))
    case "j": stack.append(try recall(number(4)))
    case "c":
      let module = try line()
      stack.append(.global("\(module).\(try line())"))
    case "\u{93}":
      let (name, module) = (try pop(), try pop())
      guard let module = text(module), let name = text(name) else {
        throw fault("is damaged: the name of a function is not text")
      }
      stack.append(.global("\(module).\(name)"))
    case "R":
      let arguments = try pop()
      stack.append(try call(pop(), arguments))
    case "b":
      let state = try pop()
      stack.append(try build(pop(), state))
    default:
      throw fault("holds the pickle instruction 0x\([code].hexadecimal), which no such file needs")
    }
  }

  /// A signed number of `count` bytes, the least significant first.
  private mutating func long(_ count: Int) throws(DataError) -> Int {
    guard count <= 4 else {
      throw fault("holds a number of \(count) bytes, which no such file needs")
    }
    let value = try number(count)
    guard count > 0, value >> (8 * count - 1) == 1 else { return value }
    return value - 1 << (8 * count)
  }

  private mutating func text(count: Int) throws(DataError) -> Value {
    .text(String(decoding: bytes[try take(count)], as: UTF8.self))
  }

  /// Nothing but a tuple of numbers in a tuple occurs; deeper nesting would be a danger to the program's stack.
  private func tuple(_ items: [Value]) throws(DataError) -> Value {
    for item in items {
      switch item {
      case .list, .dictionary: throw fault("nests values in a way that no such file does")
      case .tuple(let inner):
        for case .tuple in inner { throw fault("nests values deeper than such a file does") }
      default: break
      }
    }
    return .tuple(items)
  }

  private mutating func append(_ items: [Value]) throws(DataError) {
    guard case .list(var list) = try pop() else {
      throw fault("is damaged: the pickle appends to something that is not a list")
    }
    for item in items {
      switch item {
      case .integer, .text, .bytes, .decoded: list.append(item)
      default: throw fault("holds a list of things other than numbers and text")
      }
    }
    stack.append(.list(list))
  }

  private mutating func set(_ pairs: [Value]) throws(DataError) {
    guard pairs.count.isMultiple(of: 2), case .dictionary(var values) = try pop() else {
      throw fault("is damaged: the pickle sets a key of something that is not a dictionary")
    }
    for place in stride(from: 0, to: pairs.count, by: 2) {
      guard let key = text(pairs[place]) else { throw fault("has a key that is not text") }
      if case .dictionary = pairs[place + 1] {
        throw fault("nests values deeper than such a file does")
      }
      values[key] = pairs[place + 1]
    }
    stack.append(.dictionary(values))
  }

  private mutating func remember(_ place: Int) throws(DataError) {
    let value = try pop()
    memo[place] = value
    stack.append(value)
  }

  /// Values that may have been added to since they were remembered are refused.
  private func recall(_ place: Int) throws(DataError) -> Value {
    switch memo[place] {
    case nil, .list, .dictionary, .array:
      throw fault("refers to a value in a way that no such file does")
    case .some(let value): return value
    }
  }

  /// Calls of the few functions that an array of bytes is made of.
  private mutating func call(_ function: Value, _ arguments: Value) throws(DataError) -> Value {
    guard case .global(let name) = function, case .tuple(let items) = arguments else {
      throw fault("is damaged: the pickle calls something that is not a function")
    }
    switch name {
    case "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct":
      return .array(ByteArray())
    case "numpy.dtype":
      guard let type = items.first.flatMap(text) else {
        throw fault("has an array of an unknown type")
      }
      return .elementType(type)
    case "_codecs.encode":
      guard case .text(let characters)? = items.first else {
        throw fault("is damaged: it encodes something that is not text")
      }
      var decoded: [UInt8] = []
      try reserve(characters.utf8.count)
      decoded.reserveCapacity(characters.utf8.count)
      for scalar in characters.unicodeScalars {
        guard let byte = UInt8(exactly: scalar.value) else {
          throw fault("holds text where bytes are needed")
        }
        decoded.append(byte)
      }
      return .decoded(decoded)
    default:
      throw fault(
        "would call \(FileError.printable(name).debugDescription), which is refused: only arrays are read"
      )
    }
  }

  /// Counts bytes that are copied: a file has no reason to copy more than it holds, but could refer to the same
  /// bytes over and over again.
  private mutating func reserve(_ count: Int) throws(DataError) {
    copied += count
    guard copied <= bytes.count else { throw fault("would need more memory than such a file does") }
  }

  /// Gives an array its contents.
  private mutating func build(_ value: Value, _ state: Value) throws(DataError) -> Value {
    switch value {
    case .elementType: return value
    case .array:
      guard case .tuple(let parts) = state, parts.count == 5, case .tuple(let sizes) = parts[1],
        case .boolean(let isColumnMajor) = parts[3]
      else { throw fault("has an array whose description is damaged") }
      guard case .elementType(let type) = parts[2], ["u1", "|u1", "uint8"].contains(type) else {
        throw fault("has an array of numbers other than bytes")
      }
      var array = ByteArray(isColumnMajor: isColumnMajor)
      var product = 1
      for size in sizes {
        guard case .integer(let size) = size, size >= 0 else {
          throw fault("has an array whose shape is damaged")
        }
        let (next, overflow) = product.multipliedReportingOverflow(by: size)
        guard !overflow else { throw fault("has an array that is too large") }
        product = next
        array.shape.append(size)
      }
      switch parts[4] {
      case .bytes(let range):
        try reserve(range.count)
        array.bytes = Array(bytes[range])
      case .decoded(let decoded): array.bytes = decoded
      default: throw fault("has an array without contents")
      }
      guard array.bytes.count == product else {
        throw fault("has an array of \(array.bytes.count) bytes for the shape \(array.shape)")
      }
      return .array(array)
    default: throw fault("would set the state of an object, which is refused: only arrays are read")
    }
  }
}
