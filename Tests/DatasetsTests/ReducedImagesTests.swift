import DataSchema
import Files
import Foundation
import ImageFormats
import PNGImage
import TestSupport
import Testing

@testable import Datasets

/// Image files that are read smaller than they are: JPEG files only, and no masks.
struct ReducedImagesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/images").path(percentEncoded: false)

  private func add(_ name: String, as path: String) throws {
    let full = folder.path + "/" + path
    try AtomicFile.createFolder(String(full[..<(full.lastIndex(of: "/") ?? full.endIndex)]))
    try AtomicFile.write([FileReading.bytes(of: Self.fixtures + "/" + name)], to: full)
  }

  /// Two classes: JPEG files of 13×19, one of them turned to 19×13, and a PNG of 13×19.
  private func images() async throws -> any ExampleSource {
    try add("jpeg_420.jpg", as: "pets/train/a/1.jpg")
    try add("jpeg_turned.jpg", as: "pets/train/a/2.jpg")
    try add("rgb.png", as: "pets/train/b/3.jpg")
    try add("jpeg_cmyk.jpg", as: "pets/train/b/4.jpg")
    try add("jpeg_grey.jpg", as: "pets/test/a/5.jpg")
    return try await DatasetText.open("image_folder: pets", in: folder).train
  }

  private func half(_ name: String) throws -> [UInt8] {
    let file = try FileReading.bytes(of: Self.fixtures + "/" + name)
    return try DecodedImage(decoding: file, path: name, divisor: 2).convert(channels: 3)
      .planarBytes()
  }

  @Test func onlyJPEGFilesAreDecodedSmaller() async throws {
    let source = try await images()
    let order = try (0..<4).map { try #require(source.name(of: $0)) }
    let whole = try source.pictures([0, 1, 2, 3])
    let reduction = ImageReduction(to: .exact(height: 6, width: 5))
    let small = try source.pictures([0, 1, 2, 3], reducedBy: reduction)
    #expect(small.originals == whole.sizes && small.isReduced)
    let files = [
      "train/a/1.jpg": "jpeg_420.jpg", "train/a/2.jpg": "jpeg_turned.jpg",
      "train/b/4.jpg": "jpeg_cmyk.jpg",
    ]
    for (place, name) in order.enumerated() {
      let bytes = Array(small.bytes[small.offsets[place]..<small.offsets[place + 1]])
      if let file = files[name] {
        let isTurned = file == "jpeg_turned.jpg"
        #expect(
          small.sizes[place]
            == ImageSize(channels: 3, height: isTurned ? 10 : 7, width: isTurned ? 7 : 10))
        #expect(bytes == (try half(file)))
      } else {
        #expect(small.sizes[place] == whole.sizes[place])
        #expect(
          bytes == Array(whole.bytes[whole.offsets[place]..<whole.offsets[place + 1]]))
      }
    }
    // Subsets, and reading as before.
    let part = ExampleSubset(source, rows: [2, 0])
    #expect(
      try part.pictures([1], reducedBy: reduction)
        == source.pictures([0], reducedBy: reduction))
    #expect(try source.pictures([0, 1, 2, 3]) == whole)
  }

  @Test func imagesThatAreNotLargeEnoughStayWhole() async throws {
    let source = try await images()
    for target in [ResizedSize.exact(height: 8, width: 8), .shorterSide(8), .shorterSide(30)] {
      #expect(
        try source.pictures([0, 1, 2, 3], reducedBy: ImageReduction(to: target))
          == source.pictures([0, 1, 2, 3]))
    }
  }

  @Test func damagedFilesAreNamed() async throws {
    _ = try await images()
    let path = folder.path + "/pets/train/a/1.jpg"
    let file = try FileReading.bytes(of: path)
    try AtomicFile.write([Array(file.dropLast(40))], to: path)
    let source = try await DatasetText.open("image_folder: pets", in: folder).train
    let reduction = ImageReduction(to: .exact(height: 2, width: 2))
    func error(_ reduction: ImageReduction?) -> DataError? {
      do throws(DataError) {
        _ = try source.pictures(Array(0..<source.count), reducedBy: reduction)
        return nil
      } catch {
        return error
      }
    }
    #expect(error(reduction)?.path == path)
    #expect(error(reduction) == error(nil))
  }

  @Test func masksStayWhole() async throws {
    for (name, file) in [("1", "jpeg_420.jpg"), ("2", "jpeg_444.jpg"), ("3", "jpeg_rgb.jpg")] {
      try add(file, as: "images/\(name).jpg")
      let mask = (0..<13 * 19).map { UInt8($0 % 2) }
      let image = try #require(PixelImage(planar: mask, width: 19, height: 13, channels: 1))
      try AtomicFile.createFolder(folder.path + "/masks")
      try AtomicFile.write([image.png()], to: folder.path + "/masks/\(name).png")
    }
    let source = try await DatasetText.open(
      "image_masks: {images: images, masks: masks, classes: [none, thing], test: 0.3}", in: folder
    ).train
    let whole = try source.picturesAndMasks([0, 1])
    let small = try source.picturesAndMasks(
      [0, 1], reducedBy: ImageReduction(to: .exact(height: 6, width: 6)))
    #expect(small.images.sizes.allSatisfy { $0.height == 7 && $0.width == 10 })
    #expect(small.images.originals == whole.images.sizes)
    #expect(small.masks == whole.masks)
  }
}
