import DataSchema

/// Reads the pickled dictionaries that CIFAR's Python files are: numbers, text, bytes, lists, tuples and arrays of
/// bytes. A pickle is a program for a stack machine; of its instructions only those that build such values are
/// carried out, and of the functions that it can call only NumPy's for arrays, which are never called in fact.
///
/// Source of the instructions: CPython, `Lib/pickletools.py`.
struct CIFARPickle {
  indirect enum Value {
    case none
    case boolean(Bool)
    case integer(Int)
    /// A place in the file: text of Python 2, or bytes.
    case bytes(Range<Int>)
    /// Bytes that Python 3 wrote as text, one character each.
    case decoded([UInt8])
    case text(String)
    case list([Value])
    case tuple([Value])
    case dictionary([String: Value])
    /// A function or class by its name.
    case global(String)
    /// A type of array elements by its name, such as `u1`.
    case elementType(String)
    case array(ByteArray)
  }

  /// A NumPy array of bytes.
  struct ByteArray: Equatable {
    var shape: [Int] = []
    /// Whether the first dimension varies fastest.
    var isColumnMajor = false
    var bytes: [UInt8] = []

    /// The bytes of a two-dimensional array, the last dimension varying fastest.
    var rowMajorBytes: [UInt8] {
      guard isColumnMajor, shape.count == 2 else { return bytes }
      let (rows, columns) = (shape[0], shape[1])
      return [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, initialized in
        for column in 0..<columns {
          for row in 0..<rows { buffer[row * columns + column] = bytes[column * rows + row] }
        }
        initialized = bytes.count
      }
    }
  }

  /// The dictionary in a file.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - path: for errors.
  /// - Throws: ``DataError`` if it is none, is damaged or would do anything else.
  static func read(_ bytes: [UInt8], path: String) throws(DataError) -> [String: Value] {
    var reader = CIFARPickle(bytes, path)
    return try reader.run()
  }

  let bytes: [UInt8]
  private let path: String
  var position = 0
  var stack: [Value] = []
  /// Where the stack stood at each mark.
  var marks: [Int] = []
  var memo: [Int: Value] = [:]
  /// Bytes of the file that were copied into values.
  var copied = 0

  private init(_ bytes: [UInt8], _ path: String) {
    self.bytes = bytes
    self.path = path
  }

  private mutating func run() throws(DataError) -> [String: Value] {
    while true {
      let instruction = try take(1)
      if bytes[instruction.lowerBound] == UInt8(ascii: ".") { break }
      try perform(bytes[instruction.lowerBound])
    }
    guard stack.count == 1, case .dictionary(let values)? = stack.last else {
      throw fault("is not a pickled dictionary")
    }
    return values
  }

  func fault(_ reason: String) -> DataError {
    DataError(path: path, reason: "\(reason) (at byte \(position))")
  }

  /// The next `count` bytes.
  mutating func take(_ count: Int) throws(DataError) -> Range<Int> {
    guard count >= 0, count <= bytes.count - position else {
      throw fault("is truncated: the pickle is incomplete")
    }
    defer { position += count }
    return position..<(position + count)
  }

  /// An unsigned number of `count` bytes, the least significant first.
  mutating func number(_ count: Int) throws(DataError) -> Int {
    let range = try take(count)
    let value = bytes[range].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let number = Int(exactly: value) else { throw fault("holds a length beyond any file") }
    return number
  }

  /// Text up to the end of the line.
  mutating func line() throws(DataError) -> String {
    let start = position
    while try bytes[take(1).lowerBound] != UInt8(ascii: "\n") {}
    return String(decoding: bytes[start..<(position - 1)], as: UTF8.self)
  }

  mutating func pop() throws(DataError) -> Value {
    // What is below a mark belongs to the value around it.
    guard stack.count > marks.last ?? 0, let value = stack.popLast() else {
      throw fault("is damaged: the pickle takes a value from an empty stack")
    }
    return value
  }

  /// Everything above the last mark, which is then gone.
  mutating func popMark() throws(DataError) -> [Value] {
    guard let mark = marks.popLast() else {
      throw fault("is damaged: the pickle ends a list that was not started")
    }
    let values = Array(stack[mark...])
    stack.removeLast(values.count)
    return values
  }

  /// Text of a value that is text; `nil` of any other.
  func text(_ value: Value) -> String? {
    switch value {
    case .text(let text): text
    case .bytes(let range): String(decoding: bytes[range], as: UTF8.self)
    default: nil
    }
  }
}
