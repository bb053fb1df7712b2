/// A tar file in which a test can put a lie.
struct TarText {
  struct Entry {
    var name: [UInt8]
    var contents: [UInt8]
    var kind = UInt8(ascii: "0")
    /// In place of the size in octal digits.
    var size: [UInt8]?
    var prefix: [UInt8] = []
    var magic = Array("ustar\u{0}00".utf8)
    /// Added to the checksum.
    var error = 0

    init(_ name: String, _ contents: [UInt8] = [], kind: Character = "0") {
      self.name = Array(name.utf8)
      self.contents = contents
      self.kind = kind.asciiValue ?? 0
    }

    var bytes: [UInt8] {
      var header = [UInt8](repeating: 0, count: 512)
      func put(_ bytes: [UInt8], _ place: Int) {
        header.replaceSubrange(place..<(place + bytes.count), with: bytes)
      }
      put(Array(name.prefix(100)), 0)
      put(Array("0000644".utf8), 100)
      put(size ?? TarText.octal(contents.count, 11), 124)
      put([kind], 156)
      put(magic, 257)
      put(prefix, 345)
      put([UInt8](repeating: 0x20, count: 8), 148)
      let sum = header.reduce(0) { $0 + Int($1) } + error
      put(TarText.octal(sum, 6) + [0, 0x20], 148)
      return header + contents
        + [UInt8](repeating: 0, count: (512 - contents.count % 512) % 512)
    }
  }

  var entries: [Entry]
  var end = [UInt8](repeating: 0, count: 1024)

  init(_ entries: [Entry]) { self.entries = entries }

  var bytes: [UInt8] { entries.flatMap(\.bytes) + end }

  static func octal(_ number: Int, _ digits: Int) -> [UInt8] {
    let text = String(number, radix: 8)
    return Array((String(repeating: "0", count: digits - text.count) + text).utf8)
  }

  /// A record of a pax header.
  static func pax(_ key: String, _ value: String) -> [UInt8] {
    let rest = " \(key)=\(value)\n".utf8.count
    var length = rest + 1
    while "\(length)".utf8.count + rest != length { length += 1 }
    return Array("\(length) \(key)=\(value)\n".utf8)
  }
}
