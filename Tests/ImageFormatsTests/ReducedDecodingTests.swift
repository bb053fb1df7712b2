import Files
import ImageFormats
import Testing

/// JPEG files that are decoded at a half, a quarter or an eighth of their size.
struct ReducedDecodingTests {
  /// draft.txt, which make_draft.py made: every JPEG of the folder as Pillow's `Image.draft` reads it.
  @Test func isPillowsDraft() throws {
    let table = try Fixtures.table("draft.txt")
    #expect(table.count == 3 * Fixtures.names("jpg").count)
    for line in table {
      let divisor = try #require(Int(line[1]))
      let file = try Fixtures.bytes(line[0])
      let image = try DecodedImage(decoding: file, path: line[0], divisor: divisor)
        .convert(channels: 3)
      #expect(
        [image.height, image.width] == [Int(line[2]), Int(line[3])], "\(line[0]) \(divisor)")
      let expected = stride(from: 0, to: line[4].utf8.count, by: 2).map { place in
        let start = line[4].index(line[4].startIndex, offsetBy: place)
        return Int(line[4][start..<line[4].index(start, offsetBy: 2)], radix: 16) ?? -1
      }
      #expect(image.bytes.count == expected.count)
      let worst = zip(image.bytes, expected).map { abs(Int($0) - $1) }.max() ?? 0
      // Another release of libjpeg-turbo than Pillow's may round differently.
      #expect(worst <= 2, "\(line[0]) \(divisor)")
    }
  }

  @Test func wholeIsWhatItWas() throws {
    for name in Fixtures.names("jpg") {
      let file = try Fixtures.bytes(name + ".jpg")
      #expect(
        try DecodedImage(decoding: file, path: name, divisor: 1)
          == DecodedImage(reading: Fixtures.path(name + ".jpg")))
    }
  }

  @Test func otherFormatsStayWhole() throws {
    for name in ["grey.png", "rgba.png", "exif_6.png"] {
      let file = try Fixtures.bytes(name)
      #expect(
        try DecodedImage(decoding: file, path: name, divisor: 8)
          == DecodedImage(decoding: file, path: name))
    }
  }

  /// What is wrong with a file is the same, and so is what can be read of a damaged one.
  @Test(arguments: [2, 4, 8]) func damageIsTheSame(divisor: Int) throws {
    func outcome(_ file: [UInt8], _ divisor: Int) -> String {
      do throws(FileError) {
        return try DecodedImage(decoding: file, path: "picture", divisor: divisor).traits.damage
          ?? "intact"
      } catch {
        return error.reason
      }
    }
    for name in ["jpeg_420.jpg", "jpeg_progressive.jpg", "jpeg_cmyk.jpg", "exif_6.jpg"] {
      let file = try Fixtures.bytes(name)
      for count in stride(from: 0, to: file.count, by: 7) {
        #expect(outcome(Array(file[..<count]), divisor) == outcome(Array(file[..<count]), 1))
      }
    }
  }

  /// The limit is one of files, however little of them is decoded.
  @Test func sizesAreBounded() throws {
    var limits = DecodedImage.Limits()
    limits.pixels = 246
    #expect(
      throws: FileError(path: "a.jpg", reason: "has 19 x 13 pixels; the limit is 246 pixels")
    ) {
      try DecodedImage(
        decoding: Fixtures.bytes("jpeg_420.jpg"), path: "a.jpg", divisor: 8, limits: limits)
    }
  }
}
