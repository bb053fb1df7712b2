import Files
import ImageFormats
import TestSupport
import Testing

/// Files that are damaged, cut, too large or something else.
struct HostileFileTests {
  @Test func otherFilesAreNamed() throws {
    let readable = "PNG, JPEG, BMP, PBM, PGM, PPM, TIFF and WebP"
    let cases: [([UInt8], String)] = [
      ([], "is empty"),
      (Array("GIF89a".utf8), "is in the format GIF; \(readable) can be read"),
      ([0, 0, 0, 24] + Array("ftypheic".utf8), "is in the format HEIC; \(readable) can be read"),
      ([0, 0, 0, 24] + Array("ftypavif".utf8), "is in the format AVIF; \(readable) can be read"),
      ([0x49, 0x49, 0x2B, 0, 8], "is in the format BigTIFF; \(readable) can be read"),
      ([0, 0, 8, 3], "is in the format IDX; \(readable) can be read"),
      (Array("hello".utf8), "is not an image that can be read (\(readable))"),
      ([0x89, 0x50], "is not an image that can be read (\(readable))"),
      (Array("RIFF1234WEBPVP8 ".utf8), "is truncated"),
      (Array("BM1234".utf8), "is truncated"),
      (Array("P6 7".utf8), "is truncated"),
      ([0xFF, 0xD8, 0xFF], "is truncated"),
      ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "is truncated"),
    ]
    for (bytes, text) in cases {
      #expect(reason(bytes) == text)
      #expect(throws: FileError.self) { try ImageHeader(decoding: bytes, path: "picture") }
    }
  }

  @Test func pathsAreLookedAt() throws {
    let folder = try TemporaryFolder()
    #expect(
      throws: FileError(path: folder.path, reason: "expected a file, found a folder")
    ) { try DecodedImage(reading: folder.path) }
    let missing = folder.path + "/missing.png"
    #expect(
      throws: FileError(path: missing, reason: "cannot open it: No such file or directory")
    ) { try DecodedImage(reading: missing) }
    let text = try folder.write(Array("text".utf8), "a.png")
    #expect {
      try DecodedImage(reading: text)
    } throws: { ($0 as? FileError)?.path == text }
    var limits = DecodedImage.Limits()
    limits.fileBytes = 3
    #expect(
      throws: FileError(path: text, reason: "is larger than 3 bytes")
    ) { try DecodedImage(reading: text, limits: limits) }
  }

  @Test func sizesAreBounded() throws {
    let png = try Fixtures.bytes("grey.png")
    let jpeg = try Fixtures.bytes("jpeg_420.jpg")
    var limits = DecodedImage.Limits()
    limits.pixels = 246
    for file in [png, jpeg] {
      #expect(reason(file, limits: limits) == "has 19 x 13 pixels; the limit is 246 pixels")
    }
    limits.pixels = 247
    #expect(reason(png, limits: limits) == nil)
  }

  /// A header that promises more than there is: 16,384 × 16,384 is above 200 megapixels.
  @Test func aBombIsRefusedBeforeItIsUnpacked() throws {
    for (width, height) in [(16_384, 16_384), (200_000_001, 1), (.max, 1), (0, 5)]
      as [(UInt32, UInt32)]
    {
      var bytes = try Fixtures.bytes("grey.png")
      for (index, shift) in [24, 16, 8, 0].enumerated() {
        bytes[16 + index] = UInt8(truncatingIfNeeded: width >> UInt32(shift))
        bytes[20 + index] = UInt8(truncatingIfNeeded: height >> UInt32(shift))
      }
      let checksum = crc32(bytes[12..<29])
      for (index, shift) in [24, 16, 8, 0].enumerated() {
        bytes[29 + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(shift))
      }
      #expect(reason(bytes) != nil, "\(width) × \(height)")
    }
    // The same for a JPEG, whose size stands behind the marker FF C0.
    var jpeg = try Fixtures.bytes("jpeg_grey.jpg")
    let start = try #require(
      (0..<jpeg.count - 1).first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    for index in 5...8 { jpeg[start + index] = index % 2 == 0 ? 1 : 0x40 }
    #expect(reason(jpeg) == "has 16385 x 16385 pixels; the limit is 200000000 pixels")
  }

  /// Slices of a progressive picture that are sent again and again.
  @Test func aThousandScansAreRefused() throws {
    let bytes = try Fixtures.bytes("jpeg_progressive.jpg")
    let first = try #require(
      (0..<bytes.count - 1).first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA })
    let second = try #require(
      (first + 2..<bytes.count - 1).first {
        bytes[$0] == 0xFF && [0xC4, 0xDA].contains(bytes[$0 + 1])
      })
    var bomb = Array(bytes[..<second])
    for _ in 0..<1000 { bomb += bytes[first..<second] }
    #expect(reason(bomb + bytes[second...]) == "has more than 100 scans")
  }

  @Test(
    arguments: Fixtures.names("png").map { $0 + ".png" } + Fixtures.names("jpg").map { $0 + ".jpg" }
  )
  func cutFilesFail(_ name: String) throws {
    let bytes = try Fixtures.bytes(name)
    // The pixels of a PNG are complete before its last chunk (12 bytes), those of a JPEG within a few
    // bytes of its end.
    let end = name.hasSuffix(".png") ? bytes.count - 16 : bytes.count - 10
    for count in stride(from: 0, to: end, by: max(1, end / 150)) {
      #expect(reason(Array(bytes[..<count])) != nil, "\(count) of \(bytes.count)")
    }
    for count in end...bytes.count { _ = reason(Array(bytes[..<count])) }
  }

  @Test(
    arguments: Fixtures.names("png").map { $0 + ".png" } + Fixtures.names("jpg").map { $0 + ".jpg" }
  )
  func flippedBitsDoNoHarm(_ name: String) throws {
    let bytes = try Fixtures.bytes(name)
    var generator = Generator(state: 1)
    for _ in 0..<200 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let position = Int.random(in: 0..<bytes.count, using: &generator)
        damaged[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      }
      // Decoded or refused; what counts is that the program goes on, and soon.
      _ = reason(damaged)
    }
  }

  private func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(UInt32.max) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in
        value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
      }
    }
  }
}
