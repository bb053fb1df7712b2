import Files
import ImageColor
import ImageFormats
import Testing

/// Orientation, transparency, depth and damage against Pillow: pixels.txt and damage.txt, which make.py
/// wrote beside the pictures.
struct PixelTests {
  /// The eight orientations in JPEG and PNG, and every kind of transparency on three backgrounds.
  @Test func pixelsAreThoseOfPillow() throws {
    let rows = try Fixtures.table("pixels.txt")
    #expect(rows.count == 104)
    for row in rows {
      let background = try #require(Background(row[1]))
      let image = try DecodedImage(reading: Fixtures.path(row[0]), background: background)
      let channels = row[2] == "L" ? 1 : 3
      #expect(Digest.hex(of: image.convert(channels: channels).bytes) == row[3], "\(row)")
    }
  }

  @Test func damageIsRefusedWherePillowRefusesIt() throws {
    for row in try Fixtures.table("damage.txt") {
      var bytes = try Fixtures.bytes(row[0])
      let (start, end) = (try #require(Int(row[1])), try #require(Int(row[2])))
      let digits = row[3] == "-" ? [] : Array(row[3])
      let inserted = stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(String(digits[$0...($0 + 1)]), radix: 16)
      }
      bytes.replaceSubrange(start..<end, with: inserted)
      #expect((reason(bytes) == nil) == (row[4] == "read"), "\(row)")
    }
  }

  @Test func whatIsWorthKnowingOfAFile() throws {
    func traits(_ name: String) throws -> DecodedImage.Traits {
      try DecodedImage(reading: Fixtures.path(name)).traits
    }
    #expect(try traits("rgb.png") == DecodedImage.Traits())
    #expect(try traits("rgba.png").background == .white)
    #expect(try traits("palette4_trns.png").background == .white)
    #expect(try traits("grey12_in_16.png").maximumOf16Bits == 4095)
    #expect(try traits("jpeg_420.jpg").damage == nil)
    var bytes = try Fixtures.bytes("jpeg_grey.jpg")
    bytes.replaceSubrange((bytes.count - 60)..<(bytes.count - 58), with: [0xFF, 0xD9])
    let cut = try DecodedImage(decoding: bytes, path: "cut.jpg")
    #expect(cut.traits.damage != nil)
  }

  /// A wrong checksum is an error, in chunks that decide no pixel too, as for Pillow.
  @Test func checksumsOfPNGAreVerified() throws {
    let bytes = try Fixtures.bytes("ancillary.png")
    for tag in ["IHDR", "gAMA", "tEXt", "IDAT"] {
      let place = try #require(bytes.firstRange(of: Array(tag.utf8)))
      let length = bytes[(place.lowerBound - 4)..<place.lowerBound].reduce(0) { $0 << 8 | Int($1) }
      var damaged = bytes
      damaged[place.upperBound + length] ^= 1
      #expect(reason(damaged)?.contains("CRC") == true, "\(tag)")
    }
  }

  @Test(arguments: [
    ("white", "white"), ("Black", "black"), ("gray", "#808080"), ("0", "black"), ("255", "white"),
    ("17", "#111111"), ("#0f8", "#00ff88"), ("#3060C0", "#3060c0"),
  ])
  func backgrounds(_ text: String, _ description: String) {
    #expect(Background(text)?.description == description)
  }

  @Test(arguments: ["", "256", "-1", "+5", "#12", "#12345g", "#", "red", "##12345"])
  func textsThatAreNoBackground(_ text: String) { #expect(Background(text) == nil) }
}
