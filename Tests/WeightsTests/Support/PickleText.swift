import TestSupport

/// Pieces of pickles, of protocol 2 where it has no other mark.
enum PickleText {
  static func pickle(_ body: [UInt8]...) -> [UInt8] {
    [0x80, 2] + body.flatMap { $0 } + Array(".".utf8)
  }

  static func text(_ text: String) -> [UInt8] {
    [UInt8(ascii: "X")] + littleEndian(UInt64(text.utf8.count), 4) + Array(text.utf8)
  }

  static func integer(_ value: Int) -> [UInt8] {
    [0x8A, 8] + littleEndian(UInt64(bitPattern: Int64(value)), 8)
  }

  static func global(_ module: String, _ name: String) -> [UInt8] {
    Array("c\(module)\n\(name)\n".utf8)
  }

  static func stackGlobal(_ module: String, _ name: String) -> [UInt8] {
    text(module) + text(name) + [0x93]
  }

  static func tuple(_ members: [UInt8]...) -> [UInt8] { tuple(members) }

  static func tuple(_ members: [[UInt8]]) -> [UInt8] {
    [UInt8(ascii: "(")] + members.flatMap { $0 } + [UInt8(ascii: "t")]
  }

  static func call(_ callable: [UInt8], _ arguments: [UInt8]...) -> [UInt8] {
    callable + tuple(arguments) + [UInt8(ascii: "R")]
  }

  static let none = Array("N".utf8)
  static let orderedDict = call(global("collections", "OrderedDict"))

  static func storage(
    _ key: String = "0", type: String = "FloatStorage", count: Int = 6
  ) -> [UInt8] {
    tuple(
      text("storage"), global("torch", type), text(key), text("cpu"), integer(count))
      + [UInt8(ascii: "Q")]
  }

  /// The float storage of six elements, with the parts of a view of it.
  static func view(_ parts: [UInt8]...) -> [UInt8] {
    tuple(
      text("storage"), global("torch", "FloatStorage"), text("0"), text("cpu"), integer(6),
      tuple(parts)) + [UInt8(ascii: "Q")]
  }

  static func sizes(_ values: [Int]) -> [UInt8] { tuple(values.map { integer($0) }) }

  static func tensor(
    _ shape: [Int] = [2, 3], strides: [Int] = [3, 1], offset: Int = 0,
    storage: [UInt8] = storage()
  ) -> [UInt8] {
    call(
      global("torch._utils", "_rebuild_tensor_v2"), storage, integer(offset), sizes(shape),
      sizes(strides), [0x89], orderedDict)
  }

  /// A dictionary with these values.
  static func dictionary(_ pairs: [(String, [UInt8])]) -> [UInt8] {
    Array("}(".utf8) + pairs.flatMap { text($0.0) + $0.1 } + Array("u".utf8)
  }

  /// The pickle of a state dict that holds `tensor` as `a`.
  static func stateDict(_ tensor: [UInt8]) -> [UInt8] { pickle(dictionary([("a", tensor)])) }
}
