import ImageFormats
import Testing

/// Pictures of every kind against Pillow.
struct GoldenTests {
  @Test(arguments: Fixtures.withBytes("png")) func png(_ name: String) throws {
    let image = try DecodedImage(reading: Fixtures.path(name + ".png"))
    #expect(image.convert(channels: 1).bytes == (try Fixtures.bytes(name + ".L")))
    #expect(image.convert(channels: 3).bytes == (try Fixtures.bytes(name + ".RGB")))
  }

  /// Another release of libjpeg-turbo than Pillow's may round chroma differently.
  @Test(arguments: Fixtures.withBytes("jpg")) func jpeg(_ name: String) throws {
    let image = try DecodedImage(reading: Fixtures.path(name + ".jpg"))
    for (channels, suffix) in [(1, ".L"), (3, ".RGB")] {
      let found = image.convert(channels: channels).bytes
      let expected = try Fixtures.bytes(name + suffix)
      #expect(found.count == expected.count)
      let worst = zip(found, expected).map { abs(Int($0) - Int($1)) }.max() ?? 0
      #expect(worst <= 2, "\(name)\(suffix)")
    }
  }

  @Test func everyKindIsThere() {
    #expect(Fixtures.withBytes("png").count == 21)
    #expect(Fixtures.withBytes("jpg").count == 9)
  }

  @Test func shapesAndChannels() throws {
    let grey = try DecodedImage(reading: Fixtures.path("grey_alpha16.png"))
    #expect((grey.channels, grey.height, grey.width) == (1, 13, 19))
    let color = try DecodedImage(reading: Fixtures.path("palette1.png"))
    #expect((color.channels, color.height, color.width) == (3, 13, 19))
    // EXIF says 'turn by a quarter'.
    let turned = try DecodedImage(reading: Fixtures.path("jpeg_turned.jpg"))
    #expect((turned.channels, turned.height, turned.width) == (3, 19, 13))
  }

  @Test func conversions() {
    let color = DecodedImage(
      channels: 3, height: 1, width: 4, bytes: [255, 255, 255, 0, 0, 0, 255, 0, 0, 1, 2, 3])
    #expect(color.convert(channels: 1).bytes == [255, 0, 76, 2])
    #expect(color.convert(channels: 3) == color)
    #expect(color.planarBytes() == [255, 0, 255, 1, 255, 0, 0, 2, 255, 0, 0, 3])
    let grey = DecodedImage(channels: 1, height: 2, width: 1, bytes: [7, 9])
    for image in [color, grey] {
      for channels in [1, 3] {
        let planes = [UInt8](unsafeUninitializedCapacity: channels * image.height * image.width) {
          image.writePlanes(channels: channels, into: $0)
          $1 = $0.count
        }
        #expect(planes == image.convert(channels: channels).planarBytes())
      }
    }
    #expect(grey.convert(channels: 3).bytes == [7, 7, 7, 9, 9, 9])
    #expect(grey.planarBytes() == [7, 9])
  }
}
