import CZlib
import PNGImage
import Testing

@Suite struct PNGTests {
  /// The pixels of a file that this program wrote.
  private func decode(_ file: [UInt8]) throws -> [UInt8] {
    try #require(file.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
    func number(_ start: Int) -> Int { file[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) } }
    var chunks: [String: [UInt8]] = [:]
    var position = 8
    while position < file.count {
      let length = number(position)
      let body = Array(file[(position + 4)..<(position + 8 + length)])
      #expect(number(position + 8 + length) == Int(crc32(0, body, uInt(body.count))))
      chunks[String(decoding: body.prefix(4), as: UTF8.self)] = Array(body.dropFirst(4))
      position += length + 12
    }
    let header = try #require(chunks["IHDR"])
    #expect(header.suffix(5) == [8, 2, 0, 0, 0])
    let (width, height) = (number(16), number(20))
    var size = uLong((3 * width + 1) * height)
    var rows = [UInt8](repeating: 0, count: Int(size))
    let data = try #require(chunks["IDAT"])
    #expect(uncompress(&rows, &size, data, uLong(data.count)) == Z_OK)
    var pixels = [UInt8](repeating: 0, count: 3 * width * height)
    for y in 0..<height {
      let row = y * (3 * width + 1)
      #expect(rows[row] == 2)
      for x in 0..<(3 * width) {
        let above = y == 0 ? 0 : pixels[(y - 1) * 3 * width + x]
        pixels[y * 3 * width + x] = rows[row + 1 + x] &+ above
      }
    }
    return pixels
  }

  @Test(arguments: [(1, 1), (3, 2), (17, 5), (2, 300)])
  func everyPixelComesBack(_ width: Int, _ height: Int) throws {
    var picture = PixelImage(width: width, height: height, fill: .init(0x123456))
    for y in 0..<height {
      for x in 0..<width {
        picture[x, y] = .init(UInt32(truncatingIfNeeded: (x * 7919 + y) * 104_729))
      }
    }
    let file = try picture.png()
    #expect(try decode(file) == picture.bytes)
    #expect(try picture.png() == file)
  }

  @Test func channelsOfADataSet() throws {
    let grey = try #require(PixelImage(planar: [1, 2], width: 2, height: 1, channels: 1))
    #expect(grey.bytes == [1, 1, 1, 2, 2, 2])
    let color = try #require(
      PixelImage(planar: [1, 2, 3, 4, 5, 6], width: 2, height: 1, channels: 3))
    #expect(color.bytes == [1, 3, 5, 2, 4, 6])
    #expect(PixelImage(planar: [1, 2, 3], width: 2, height: 1, channels: 1) == nil)
    #expect(PixelImage(planar: [], width: 0, height: 1, channels: 1) == nil)
    #expect(PixelImage(planar: [1], width: .max, height: .max, channels: 1) == nil)
  }

  @Test func shrinkingTakesMeans() throws {
    let picture = try #require(
      PixelImage(planar: [0, 100, 200, 100], width: 4, height: 1, channels: 1))
    #expect(picture.shrunk(to: 2).bytes == [50, 50, 50, 150, 150, 150])
    #expect(picture.shrunk(to: 4) == picture)
  }

  @Test func paintingStaysInside() {
    var picture = PixelImage(width: 2, height: 2, fill: .init(0))
    picture.fill(x: -5, y: 1, width: 6, height: 9, with: .init(0xFFFFFF))
    #expect(picture[0, 1] == .init(0xFFFFFF))
    #expect(picture[1, 1] == .init(0) && picture[0, 0] == .init(0))
    picture.draw(1234, x: 0, y: 0, scale: 3, color: .init(0xFF0000))
  }
}
