import ImageFormats
import PNGImage
import Testing

@Suite struct PNGTests {
  @Test(arguments: [(1, 1), (3, 2), (17, 5), (2, 300)])
  func everyPixelComesBack(_ width: Int, _ height: Int) throws {
    var picture = PixelImage(width: width, height: height, fill: .init(0x123456))
    for y in 0..<height {
      for x in 0..<width {
        picture[x, y] = .init(UInt32(truncatingIfNeeded: (x * 7919 + y) * 104_729))
      }
    }
    let file = try picture.png()
    let decoded = try DecodedImage(decoding: file, path: "picture.png")
    #expect(decoded.width == width && decoded.height == height && decoded.channels == 3)
    #expect(decoded.bytes == picture.bytes)
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
