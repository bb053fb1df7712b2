import ImageFormats
import Testing

/// EXIF blocks of every form, and hostile ones, put into a grey JPEG of 19 × 13 pixels. What Pillow 13
/// makes of each was tried.
struct EXIFTests {
  private func isTurned(_ segments: [[UInt8]]) throws -> Bool {
    let jpeg = try Fixtures.bytes("jpeg_grey.jpg")
    let added = segments.flatMap { body -> [UInt8] in
      [0xFF, 0xE1, UInt8((body.count + 2) >> 8), UInt8((body.count + 2) & 255)] + body
    }
    let image = try DecodedImage(decoding: Array(jpeg[..<2] + added + jpeg[2...]), path: "exif.jpg")
    #expect(image.height * image.width == 13 * 19)
    return image.height == 19
  }

  private static let mark = Array("Exif\0\0".utf8)

  private func block(
    _ isLittle: Bool, type: Int, count: Int, value: [UInt8], entries: Int = 1, offset: Int = 8
  ) -> [UInt8] {
    func number(_ value: Int, _ size: Int) -> [UInt8] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      return isLittle ? bytes : bytes.reversed()
    }
    return (isLittle ? [0x49, 0x49, 0x2A, 0] : [0x4D, 0x4D, 0, 0x2A]) + number(offset, 4)
      + number(entries, 2) + number(0x0112, 2) + number(type, 2) + number(count, 4) + value
      + [0, 0, 0, 0]
  }

  @Test func bothByteOrdersAndAllIntegers() throws {
    #expect(try isTurned([Self.mark + block(true, type: 3, count: 1, value: [6, 0, 0, 0])]))
    #expect(try isTurned([Self.mark + block(false, type: 3, count: 1, value: [0, 6, 0, 0])]))
    #expect(try isTurned([Self.mark + block(true, type: 4, count: 1, value: [6, 0, 0, 0])]))
    #expect(try isTurned([Self.mark + block(false, type: 9, count: 1, value: [0, 0, 0, 8])]))
    #expect(try isTurned([Self.mark + block(true, type: 3, count: 2, value: [6, 0, 3, 0])]))
    // Neither Pillow nor we take text or bytes for a number.
    #expect(try !isTurned([Self.mark + block(true, type: 2, count: 1, value: [0x36, 0, 0, 0])]))
    #expect(try !isTurned([Self.mark + block(true, type: 1, count: 1, value: [6, 0, 0, 0])]))
  }

  @Test func blocksInSeveralSegmentsAndXMP() throws {
    let whole = block(true, type: 3, count: 1, value: [6, 0, 0, 0])
    #expect(try isTurned([Self.mark + whole[..<15], Self.mark + whole[15...]]))
    #expect(try isTurned([Self.mark + Self.mark + whole]))
    #expect(
      try isTurned([Self.mark + block(true, type: 3, count: 1, value: [6, 0, 0, 0], entries: 500)]))
    let xmp = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
    #expect(try isTurned([xmp + Array(#"<x tiff:Orientation="6"/>"#.utf8)]))
    #expect(try isTurned([xmp + Array("<tiff:Orientation>8</tiff:Orientation>".utf8)]))
    #expect(try !isTurned([xmp + Array("tiff:Orientation".utf8)]))
  }

  @Test func hostileBlocksMeanUpright() throws {
    let whole = Self.mark + block(true, type: 3, count: 1, value: [6, 0, 0, 0])
    for count in 0..<(whole.count - 4) {
      #expect(try !isTurned([Array(whole[..<count])]), "\(count)")
    }
    for value in [0, 9, 255] as [UInt8] {
      #expect(
        try !isTurned([Self.mark + block(true, type: 3, count: 1, value: [value, 0, 0, 0])]))
    }
    let far: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF]
    for (type, count) in [(3, 3), (4, 0x7FFF_FFFF), (3, 0xFFFF_FFFF), (0, 1), (99, 1), (3, 0)] {
      #expect(try !isTurned([Self.mark + block(true, type: type, count: count, value: far)]))
    }
    for offset in [0, 7, 0xFFFF, 0xFFFF_FFFF] {
      #expect(
        try !isTurned([
          Self.mark + block(true, type: 3, count: 1, value: [6, 0, 0, 0], offset: offset)
        ]))
    }
  }
}
