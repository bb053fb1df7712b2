import Files
import Foundation
import ImageFormats
import TestSupport
import Testing

/// Headers say what the decoded image will be.
struct ImageHeaderTests {
  private static let files =
    [Fixtures.folder, FormatTests.folder].flatMap { folder in
      ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { name in
        ["png", "jpg", "bmp", "pbm", "pgm", "ppm", "tif", "webp"].contains {
          name.hasSuffix("." + $0)
        }
      }.map { folder + "/" + $0 }
    }.sorted()

  @Test(arguments: files) func agreesWithTheDecodedImage(_ path: String) throws {
    let image = try DecodedImage(reading: path)
    let header = try ImageHeader(reading: path)
    #expect(header.height == image.height)
    #expect(header.width == image.width)
    #expect(header.channels == image.channels)
    #expect(header.hasAlpha || image.traits.background == nil)
    #expect(try ImageHeader(decoding: FileReading.bytes(of: path), path: path) == header)
  }

  @Test func everyFormatIsThere() { #expect(Self.files.count > 140) }

  /// The bytes that are read of a file.
  private func reads(_ path: String) throws -> [Range<Int>] {
    let file = try FileReading.bytes(of: path)
    var ranges: [Range<Int>] = []
    _ = try ImageHeader(path: path, size: file.count) { range throws(FileError) in
      ranges.append(range)
      return Array(file[range])
    }
    return ranges
  }

  @Test func readsNoMoreThanTheHeader() throws {
    #expect(try reads(FormatTests.folder + "/rgb.tif").count == 1)
    #expect(try reads(Fixtures.path("jpeg_420.jpg")) == [0..<769])
    let comment = try reads(FormatTests.folder + "/comment.ppm")
    #expect(comment.allSatisfy { $0.count <= 5121 } && comment.count == 2)
    // Its EXIF block of 60,000 bytes is read; its colour profile is skipped, and the scan is not reached.
    let long = try reads(FormatTests.folder + "/long_header.jpg")
    #expect(long.map(\.count).reduce(0, +) < 75_000)
  }

  @Test func pixelsOfALargePNGAreSkipped() throws {
    let whole = try Fixtures.bytes("rgb.png")
    let place = try #require(whole.firstRange(of: Array("IDAT".utf8))).lowerBound - 4
    // A chunk as of pixels, of which only the length matters here.
    let chunk = [0, 0x10, 0, 0] + Array("IDAT".utf8) + [UInt8](repeating: 0, count: 1 << 20 + 4)
    let bytes = Array(whole[..<place]) + chunk + whole[place...]
    var count = 0
    let header = try ImageHeader(path: "x", size: bytes.count) { range throws(FileError) in
      count += range.count
      return Array(bytes[range])
    }
    #expect((header.width, header.height) == (19, 13))
    #expect(count < 10_000)
  }

  @Test(arguments: files) func survivesEveryCut(_ path: String) throws {
    let whole = try FileReading.bytes(of: path)
    let header = try ImageHeader(decoding: whole, path: path)
    for count in stride(from: 0, to: min(whole.count, 2000), by: 7) {
      do throws(FileError) {
        let cut = try ImageHeader(decoding: Array(whole[..<count]), path: path)
        // libtiff reads indices without their palette as grey.
        #expect(cut.channels == header.channels || path.hasSuffix(".tif"))
      } catch {
        #expect(error.path == path)
      }
    }
  }

  @Test func errorsOfReadingAreKept() {
    let error = FileError(path: "x", reason: "is gone")
    #expect(throws: error) {
      try ImageHeader(path: "x", size: 10) { _ throws(FileError) in throw error }
    }
  }
}
