import Files

/// What pax and GNU headers say of the member that follows them.
struct TarExtension {
  /// In place of the name in the header.
  private(set) var name: [UInt8]?
  /// In place of the size in the header.
  private(set) var size: Int?
  /// Whether the contents are stored with holes, in a way of its own.
  private(set) var isSparse = false

  /// The longest header of this kind, in bytes.
  static let limit = 1 << 20

  /// Takes over a GNU header with a long name.
  mutating func take(longName bytes: [UInt8]) { name = Array(bytes.prefix { $0 != 0 }) }

  /// Takes over the records of a pax header: `LENGTH KEY=VALUE\n`, of which the length counts all.
  ///
  /// - Returns: whether they are well formed.
  mutating func take(pax bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty, rest.first != 0 {
      guard let space = rest.prefix(20).firstIndex(of: UInt8(ascii: " ")),
        let length = Self.decimal(rest[..<space]), length <= rest.count,
        case let record = rest.prefix(length), space < record.endIndex,
        record.last == UInt8(ascii: "\n"),
        let sign = record[space...].firstIndex(of: UInt8(ascii: "="))
      else { return false }
      rest = rest.dropFirst(length)
      let value = record[(sign + 1)...].dropLast()
      let key = String(decoding: record[(space + 1)..<sign], as: UTF8.self)
      switch key {
      case "path": name = Array(value)
      case "size":
        guard let number = Self.decimal(value) else { return false }
        size = number
      case _ where key.hasPrefix("GNU.sparse."): isSparse = true
      default: break
      }
    }
    return true
  }

  private static func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
    guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(String(decoding: digits, as: UTF8.self))
  }
}
