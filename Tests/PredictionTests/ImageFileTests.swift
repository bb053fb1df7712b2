import DataSchema
import Datasets
import Files
import FoundationEssentials
import Prediction
import TestSupport
import Testing

/// Image files in every form that is read.
@Suite struct ImageFileTests {
  private static let fixtures =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().path + "/Fixtures/images/"

  @Test(arguments: [("grey.png", "grey"), ("jpeg_420.jpg", "jpeg_420")])
  func convertsAsPillow(_ file: String, _ name: String) throws {
    let grey = try ImageFileContents(reading: Self.fixtures + file, channels: 1)
    #expect(grey.images.pixels == (try FileReading.bytes(of: Self.fixtures + name + ".L")))
    #expect(!grey.isNumbered)
    let color = try ImageFileContents(reading: Self.fixtures + file, channels: 3).images
    let interleaved = try FileReading.bytes(of: Self.fixtures + name + ".RGB")
    let size = color.size.height * color.size.width
    #expect(color.pixels.count == interleaved.count)
    #expect(
      interleaved.indices.allSatisfy {
        color.pixels[($0 % 3) * size + $0 / 3] == interleaved[$0]
      })
  }

  @Test func readsManyImagesOfOneFile() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/many"
    let pixels = (0..<24).map { UInt8(10 * $0) }
    try IDX.write(IDXArray(shape: [4, 2, 3], bytes: pixels), to: path)
    let grey = try ImageFileContents(reading: path, channels: 1)
    #expect(grey.isNumbered)
    #expect(grey.images.count == 4)
    #expect((grey.images.size.height, grey.images.size.width) == (2, 3))
    #expect(grey.images.pixels == pixels)
    #expect(grey.images.inverted().pixels == pixels.map { 255 - $0 })
    let color = try ImageFileContents(reading: path, channels: 3).images
    #expect(
      Array(color.pixels[18..<36])
        == [pixels[6..<12], pixels[6..<12], pixels[6..<12]].flatMap { $0 })

    try IDX.write(IDXArray(shape: [1, 3, 1, 2], bytes: [255, 0, 0, 255, 0, 0]), to: path)
    #expect(try ImageFileContents(reading: path, channels: 1).images.pixels == [76, 150])
  }

  @Test(arguments: [
    ("", "is empty"),
    (
      "just words in a file",
      "is not an image that can be read (PNG, JPEG, BMP, PBM, PGM, PPM, TIFF, WebP and IDX)"
    ),
    (
      "GIF89a and more",
      "is in the format GIF; PNG, JPEG, BMP, PBM, PGM, PPM, TIFF, WebP and IDX can be read"
    ),
    ("\u{0}\u{0}\u{8}\u{1}\u{0}\u{0}\u{0}\u{1}x", "has 1 dimension, as labels have; "),
    (
      "\u{0}\u{0}\u{8}\u{3}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{2}\u{0}\u{0}\u{0}\u{2}",
      "holds no images"
    ),
    ("\u{1F}", "is not an image that can be read"),
  ])
  func saysWhatIsWrong(_ contents: String, _ reason: String) throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write([Array(contents.utf8)], to: folder.path + "/image")
    let error = #expect(throws: FileError.self) {
      try ImageFileContents(reading: folder.path + "/image", channels: 1)
    }
    #expect(error?.path == folder.path + "/image")
    #expect(error?.reason.hasPrefix(reason) == true, "\(String(describing: error))")
  }

  /// No file that lacks pixels is taken, and none brings the program down; the last chunk of a PNG
  /// holds none.
  @Test func everyCutIsAnError() throws {
    let folder = try TemporaryFolder()
    let whole = try FileReading.bytes(of: Self.fixtures + "grey.png")
    for length in stride(from: 0, to: whole.count - 16, by: 7) {
      try AtomicFile.write([Array(whole[..<length])], to: folder.path + "/cut.png")
      #expect(throws: FileError.self) {
        try ImageFileContents(reading: folder.path + "/cut.png", channels: 1)
      }
    }
  }

  /// The size stays that of the file, upright, whatever is decoded.
  @Test func filesMayBeDecodedSmaller() throws {
    let reduction = ImageReduction(to: .exact(height: 6, width: 6))
    for (file, size, decoded) in [
      ("jpeg_420.jpg", (13, 19), (7, 10)), ("jpeg_turned.jpg", (19, 13), (10, 7)),
      ("rgb.png", (13, 19), (13, 19)),
    ] {
      var asked: [ImageSize] = []
      let images = try ImageFileContents(reading: Self.fixtures + file, channels: 3) { size in
        asked.append(size)
        return reduction
      }.images
      let whole = ImageSize(channels: 3, height: size.0, width: size.1)
      #expect(images.size == whole)
      #expect(images.decoded == ImageSize(channels: 3, height: decoded.0, width: decoded.1))
      #expect(asked == (file == "rgb.png" ? [] : [whole]))
      let pictures = try images.inverted().withoutTargets(
        width: 1, as: DataField("label", .category(["a", "b"]))
      ).pictures([0])
      #expect(pictures.originals == [whole] && pictures.sizes == [images.decoded])
      #expect(pictures.bytes == images.pixels.map { 255 - $0 })
      #expect(
        try ImageFileContents(reading: Self.fixtures + file, channels: 3) { _ in nil }.images
          == ImageFileContents(reading: Self.fixtures + file, channels: 3).images)
    }
  }

  @Test func lightImagesForADarkDataSet() {
    func hint(_ value: UInt8, expected: Double, isInverted: Bool = false) -> String? {
      var watch = IntensityWatch(expected: expected, isInverted: isInverted)
      watch.look(
        at: ImagesInMemory(
          pixels: Array(repeating: value, count: 8),
          size: ImageSize(channels: 1, height: 2, width: 2), count: 2))
      return watch.hint
    }
    #expect(hint(230, expected: 0.13)?.hasSuffix("--invert swaps dark and light") == true)
    #expect(hint(230, expected: 0.13)?.contains("much lighter (mean intensity 90%)") == true)
    #expect(hint(20, expected: 0.9)?.contains("much darker") == true)
    #expect(hint(230, expected: 0.13, isInverted: true)?.contains("without --invert") == true)
    #expect(hint(40, expected: 0.13) == nil)
    #expect(hint(0, expected: 0.13) == nil)
    // Neither way round is near.
    #expect(hint(255, expected: 0.5) == nil)
  }
}
