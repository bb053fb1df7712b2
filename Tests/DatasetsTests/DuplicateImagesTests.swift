import DataSchema
import Datasets
import Testing

struct DuplicateImagesTests {
  private func images(_ pixels: [UInt8], width: Int = 3) -> ImagesInMemory {
    let count = pixels.count / width
    return ImagesInMemory(
      pixels: pixels, size: ImageSize(channels: 1, height: 1, width: width), target: .digits,
      targets: Targets(classes: Array(repeating: 0, count: count)))
  }

  @Test func equalPixelsAreFound() throws {
    let train = images([1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 4])
    let test = images([1, 2, 3, 1, 2, 3, 9, 8, 7, 1, 2, 4])
    #expect(try DuplicateImages(train, [0, 1, 2, 3]).count(of: test, [0, 1, 2, 3]) == 3)
    #expect(try DuplicateImages(train, [0, 1, 2]).count(of: test, [0, 2, 3]) == 1)
    #expect(try DuplicateImages(train, []).count(of: test, [0, 1]) == 0)
  }

  @Test func imagesOfOtherSizesAreOthers() throws {
    let train = images([1, 2, 3, 4, 5, 6])
    #expect(
      try DuplicateImages(train, [0, 1]).count(of: images([1, 2, 3, 4, 5, 6], width: 2), [0]) == 0)
  }

  /// More than are read at a time.
  @Test func manyImages() throws {
    let pixels = (0..<3_000).map { UInt8(truncatingIfNeeded: $0 / 3 * 7 + $0 / 768) }
    let train = images(pixels)
    let known = try DuplicateImages(train, Array(0..<1_000))
    #expect(try known.count(of: train, Array(0..<1_000)) == 1_000)
  }
}
