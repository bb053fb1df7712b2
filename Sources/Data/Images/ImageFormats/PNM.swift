import CImages

/// A file of the Netpbm family: PBM, PGM or PPM, as text (`P1` to `P3`) or binary (`P4` to `P6`). Values are scaled
/// to 255 as Pillow does it; grey of more than 8 bits keeps its high byte, as in other formats.
///
/// https://netpbm.sourceforge.net/doc/
struct PNM {
  let width: Int
  let height: Int
  let layout: ci_layout
  /// The digit of its signature.
  private let kind: Int
  /// What stands for white; 1 in a bitmap.
  private let maximum: Int
  /// Where the values begin.
  private let start: Int

  /// Whether a file begins like one.
  static func isPNM(_ start: [UInt8]) -> Bool {
    start.count >= 3 && start[0] == UInt8(ascii: "P")
      && (UInt8(ascii: "1")...UInt8(ascii: "6")).contains(start[1])
      && (isSpace(start[2]) || start[2] == UInt8(ascii: "#"))
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }

  /// - Parameter file: its bytes, at least to the end of the header.
  /// - Throws: ``ImageFault``, ``ImageFault/cut`` if the header is incomplete.
  init(_ file: [UInt8]) throws(ImageFault) {
    guard Self.isPNM(file) else { throw .cut }
    kind = Int(file[1]) - 0x30
    var tokens = Tokens(file, from: 2)
    (width, height) = (try tokens.header(), try tokens.header())
    maximum = kind == 1 || kind == 4 ? 1 : try tokens.header()
    guard (1..<65536).contains(maximum) else {
      throw ImageFault("is damaged: its largest value is \(maximum), not between 1 and 65535")
    }
    layout = kind == 3 || kind == 6 ? CI_RGB : CI_GREY
    start = tokens.position
  }

  /// The pixels of the file whose header this is.
  func pixels(of file: [UInt8], limits: DecodedImage.Limits) throws(ImageFault) -> PixelBuffer {
    try PixelBuffer.checkSize(width: width, height: height, limits: limits)
    let count = width * height * PixelBuffer.channels(layout)
    // A value takes a byte at least, a bitmap's bit an eighth of it.
    let size = kind == 4 ? (width + 7) / 8 * height : kind > 4 && maximum > 255 ? 2 * count : count
    guard size <= file.count - start else { throw .cut }
    var buffer = PixelBuffer(width: width, height: height, layout: layout, bytes: [])
    switch kind {
    case 1: buffer.bytes = try bitmapText(file, count)
    case 4:
      buffer.bytes = [UInt8](unsafeUninitializedCapacity: count) { target, filled in
        let stride = (width + 7) / 8
        for place in 0..<count {
          let (y, x) = place.quotientAndRemainder(dividingBy: width)
          let bit = file[start + y * stride + x / 8] >> (7 - UInt8(x % 8)) & 1
          target[place] = bit == 0 ? 255 : 0
        }
        filled = count
      }
    case 5...6 where maximum == 255:
      buffer.bytes = Array(file[start..<(start + count)])
    default:
      let table = (0...maximum).map { scaled($0) }
      var largest = 0
      if kind > 4 {
        let step = maximum > 255 ? 2 : 1
        buffer.bytes = (0..<count).map { index in
          let place = start + index * step
          let value = step == 1 ? Int(file[place]) : Int(file[place]) << 8 | Int(file[place + 1])
          largest = max(largest, value)
          return table[min(value, maximum)]
        }
      } else {
        var tokens = Tokens(file, from: start)
        buffer.bytes.reserveCapacity(count)
        for _ in 0..<count {
          let value = try tokens.next()
          guard value <= maximum else {
            throw ImageFault("is damaged: it has the value \(value), above \(maximum)")
          }
          largest = max(largest, value)
          buffer.bytes.append(table[value])
        }
      }
      if maximum > 255, layout == CI_GREY { buffer.maximumOf16Bits = largest }
    }
    return buffer
  }

  /// A value as a byte: rounded to even as Pillow does, or the high byte of it as 16 bits.
  private func scaled(_ value: Int) -> UInt8 {
    let share = Double(value) / Double(maximum)
    guard maximum > 255, layout == CI_GREY else {
      return UInt8((share * 255).rounded(.toNearestOrEven))
    }
    return UInt8(Int((share * 65535).rounded(.toNearestOrEven)) >> 8)
  }

  /// The digits of `P1`, which need no space between them.
  private func bitmapText(_ file: [UInt8], _ count: Int) throws(ImageFault) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    var isComment = false
    for byte in file[start...] where bytes.count < count {
      if isComment {
        isComment = byte != 10 && byte != 13
      } else if byte == UInt8(ascii: "#") {
        isComment = true
      } else if !Self.isSpace(byte) {
        guard byte == 0x30 || byte == 0x31 else {
          throw ImageFault("is damaged: a bitmap holds values other than 0 and 1")
        }
        bytes.append(byte == 0x30 ? 255 : 0)
      }
    }
    guard bytes.count == count else { throw .cut }
    return bytes
  }

  /// Numbers in decimal, separated by spaces and comments.
  private struct Tokens {
    private let file: [UInt8]
    /// Behind the last number and one space.
    private(set) var position: Int

    init(_ file: [UInt8], from position: Int) {
      self.file = file
      self.position = position
    }

    /// The next number, after which a space must follow.
    mutating func header() throws(ImageFault) -> Int {
      let value = try next()
      guard position <= file.count, PNM.isSpace(file[position - 1]) else { throw .cut }
      return value
    }

    mutating func next() throws(ImageFault) -> Int {
      var (value, digits, isComment) = (0, 0, false)
      while position < file.count {
        let byte = file[position]
        position += 1
        if isComment {
          isComment = byte != 10 && byte != 13
        } else if byte == UInt8(ascii: "#") {
          isComment = true
        } else if PNM.isSpace(byte) {
          if digits > 0 { return value }
        } else {
          guard (0x30...0x39).contains(byte), digits < 10 else {
            throw ImageFault("is damaged: expected a number at byte \(position - 1)")
          }
          value = value * 10 + Int(byte) - 0x30
          digits += 1
        }
      }
      guard digits > 0 else { throw .cut }
      return value
    }
  }
}
