import Files
import Foundation
import ImageColor
import ImageFormats
import Testing

/// BMP, PBM, PGM, PPM, TIFF and WebP against Pillow; make.py in Tests/Fixtures/formats wrote the files.
struct FormatTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/formats").path(percentEncoded: false)

  static func bytes(_ name: String) throws -> [UInt8] {
    try FileReading.bytes(of: folder + "/" + name)
  }

  /// The lines of a text, each as its words.
  static func table(_ name: String) -> [[String]] {
    guard let text = try? bytes(name) else { return [] }
    return String(decoding: text, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: " ").map(String.init)
    }
  }

  static let expected = table("expected.txt")

  /// Other releases of libjpeg and libwebp than Pillow's may round colours differently.
  @Test(arguments: expected) func pixelsAreThoseOfPillow(_ row: [String]) throws {
    try #require(row.count == 6)
    let image = try DecodedImage(reading: Self.folder + "/" + row[0])
    #expect("\(image.height) \(image.width) \(image.channels)" == row[1...3].joined(separator: " "))
    let isLossy = ["jpeg", "long_header", "lossy", "grey.webp"].contains { row[0].hasPrefix($0) }
    for (channels, text) in [(1, row[4]), (3, row[5])] {
      let wanted = [UInt8](try #require(Data(base64Encoded: text)))
      let found = image.convert(channels: channels).bytes
      #expect(found.count == wanted.count)
      let worst = zip(found, wanted).map { abs(Int($0) - Int($1)) }.max() ?? 0
      #expect(worst <= (isLossy ? 1 : 0), "\(row[0]), \(channels) channels")
    }
  }

  @Test func everyFormatIsThere() {
    let suffixes = Dictionary(
      grouping: Self.expected, by: { $0[0].split(separator: ".").last ?? "" }
    ).mapValues(\.count)
    #expect(
      suffixes == ["bmp": 20, "pbm": 2, "pgm": 6, "ppm": 4, "tif": 45, "webp": 13, "jpg": 1])
  }

  @Test(arguments: table("damage.txt")) func filesThatAreCutAreRefusedWherePillowDoes(
    _ row: [String]
  ) throws {
    try #require(row.count == 3)
    let whole = try Self.bytes(row[0])
    let cut = try #require(Int(row[1]))
    let found = reason(Array(whole.dropLast(cut)))
    #expect((found == nil) == (row[2] == "read"), "\(row): \(found ?? "read")")
  }

  @Test func whatIsWorthKnowing() throws {
    func traits(_ name: String) throws -> DecodedImage.Traits {
      try DecodedImage(reading: Self.folder + "/" + name).traits
    }
    #expect(try traits("rgb.tif") == DecodedImage.Traits())
    #expect(try traits("rgba.webp").background == .white)
    #expect(try traits("v5_rgba.bmp").background == .white)
    #expect(try traits("rgbx32.bmp").background == nil)
    #expect(try traits("grey16.tif").maximumOf16Bits != nil)
    #expect(try traits("scaled16.pgm").maximumOf16Bits ?? 0 > 255)
  }

  @Test(arguments: ["rgb24.bmp", "rgb.ppm", "rgb.tif", "lossy.webp"])
  func sizesAreBounded(_ name: String) throws {
    var limits = DecodedImage.Limits()
    limits.pixels = 34
    #expect(
      reason(try Self.bytes(name), limits: limits)
        == "has 7 x 5 pixels; the limit is 34 pixels")
  }

  @Test func unusualKindsAreNamed() throws {
    var bmp = try Self.bytes("palette8.bmp")
    bmp[30] = 4
    #expect(reason(bmp) == "is an unsupported kind of BMP: compressed with JPEG")
    bmp[14] = 41
    #expect(reason(bmp) == "is an unsupported kind of BMP: a header of 41 bytes")
    #expect(
      reason(Array("P5 2 2 70000 aaaa".utf8))
        == "is damaged: its largest value is 70000, not between 1 and 65535")
    #expect(reason(Array("P2 1 1 9 10 ".utf8)) == "is damaged: it has the value 10, above 9")
    #expect(reason(Array("P2 1 1 9 x ".utf8)) == "is damaged: expected a number at byte 9")
    #expect(
      reason(Array("P1 2 1 02".utf8)) == "is damaged: a bitmap holds values other than 0 and 1")
    #expect(reason(Array("P3 0 1 9 ".utf8)) == "has no pixels")
    #expect(reason(Array("P5 100000 100000 255 a".utf8))?.hasPrefix("has 100000 x 100000") == true)
  }

  /// Wherever a byte is changed, there is an image or a reason, and the header does not contradict.
  @Test(arguments: expected.map { $0[0] })
  func survivesEveryChangedByte(_ name: String) throws {
    let whole = try Self.bytes(name)
    var limits = DecodedImage.Limits()
    limits.pixels = 1 << 16
    for place in stride(from: 0, to: min(whole.count, 4000), by: 1 + whole.count / 300) {
      for change in [0x01, 0xFF] as [UInt8] {
        var bytes = whole
        bytes[place] ^= change
        guard reason(bytes, limits: limits) == nil else { continue }
        let image = try DecodedImage(decoding: bytes, path: name, limits: limits)
        let header = try ImageHeader(decoding: bytes, path: name)
        #expect((header.height, header.width) == (image.height, image.width), "\(place) \(change)")
        #expect(header.channels == image.channels, "\(place) \(change)")
      }
    }
  }
}
