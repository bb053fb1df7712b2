import DataSchema
import Diagnostics
import Files
import PNGImage
import TestSupport
import Testing

@testable import Datasets

/// Images with masks: which belong together, what the values mean, and errors that name file, value and pixel.
struct ImageMasksTests {
  private let folder: TemporaryFolder
  private let cache: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    cache = try TemporaryFolder()
  }

  private func add(_ name: String, _ bytes: [UInt8]) throws {
    let path = folder.path + "/" + name
    try AtomicFile.createFolder(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]))
    try folder.write(bytes, name)
  }

  /// An image and its mask of 2 × 3 pixels.
  private func pair(
    _ name: String, _ mask: [UInt8] = [0, 1, 2, 0, 0, 9], level: UInt8, in part: String = ""
  ) throws {
    try add("\(part)images/\(name).png", try ImageFolderTests.png(level))
    try add("\(part)masks/\(name).png", try Self.mask(mask))
  }

  /// A PNG whose palette numbers are classes.
  private static func mask(_ numbers: [UInt8], height: Int = 2, width: Int = 3) throws -> [UInt8] {
    let colors = (0..<(Int(numbers.max() ?? 0) + 1)).map { PixelImage.Color(UInt32($0 * 77)) }
    return try PaletteImage(width: width, height: height, numbers: numbers, colors: colors).png()
  }

  private func dataset(
    _ settings: String = "classes: [sky, car, tree], ignore: 9", images: String? = nil
  ) throws -> any DatasetDefinition {
    try DatasetText.make(
      "image_masks: {images: \(images ?? folder.path), \(settings)}", in: cache)
  }

  private func open(
    _ split: DataSplit, _ dataset: any DatasetDefinition
  ) async throws -> any ExampleSource {
    let data = try await dataset.acquire(environment: .empty, progress: { _ in })
    return try dataset.open(split, of: data)
  }

  /// What lies beside two folders that are named is not looked at: it may be a whole disk.
  @Test func onlyTheNamedFoldersAreListed() throws {
    try add("a/photos/1.png", try ImageFolderTests.png(1))
    try add("b/labels/1.png", try Self.mask([0, 1, 2, 0, 0, 9]))
    try add("c/other.png", try ImageFolderTests.png(3))
    let files = try ImageFiles(folder.path, below: ["a/photos/", "b/labels/"])
    #expect(files.files.map(\.path).sorted() == ["a/photos/1.png", "b/labels/1.png"])
    #expect(try files.read("b/labels/1.png").isEmpty == false)
    #expect(throws: DataError.self) { try ImageFiles(folder.path, below: ["a/photos/", "d/"]) }
  }

  private func error(_ body: () throws -> any DatasetDefinition) -> String {
    do {
      _ = try body()
      return ""
    } catch let error as InputError {
      return error.diagnostics.map(\.message).joined(separator: "; ")
        .replacing(folder.path + "/", with: "")
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: ["", "train/"]) func pairsAreFoundByName(part: String) async throws {
    try pair("b", level: 1, in: part)
    try pair("a", [0, 0, 0, 2, 2, 2], level: 2, in: part)
    if !part.isEmpty {
      try pair("c", level: 3, in: "val/")
      try pair("d", level: 4, in: "test/")
    } else {
      try pair("c", level: 3)
      try pair("d", level: 4)
    }
    let dataset = try dataset()
    #expect(dataset.dataSchema.target.kind == .mask(["sky", "car", "tree"], ignore: 9))
    #expect(dataset.dataSchema.image == ImageSize(channels: 3, height: 2, width: 3))
    #expect(dataset.dataSchema.counts == [.train: 3, .test: 1])
    #expect(dataset.dataSchema.validationCount == (part.isEmpty ? nil : 1))
    guard !part.isEmpty else { return }
    let source = try await open(.train, dataset)
    #expect(
      (0..<3).map { source.name(of: $0) }
        == ["a", "b", "c"].map { name in
          "\(name == "c" ? "val" : "train")/images/\(name).png"
        })
    #expect(source.isValidation == [false, false, true])
    #expect(source.targets.width == 4)
    #expect(Array(source.targets[0]) == [3, 0, 3, 0])
    #expect(Array(source.targets[1]) == [3, 1, 1, 1])
    let (images, masks) = try source.picturesAndMasks([1, 0])
    #expect(images.bytes.count == 36)
    #expect(masks?.bytes == [0, 1, 2, 0, 0, 255, 0, 0, 0, 2, 2, 2])
    #expect(masks?.sizes == Array(repeating: ImageSize(channels: 1, height: 2, width: 3), count: 2))
  }

  @Test func foldersMayBeNamed() async throws {
    for (place, name) in ["a", "b", "c"].enumerated() {
      try add("camera/\(name).png", try ImageFolderTests.png(UInt8(place + 1)))
      try add("labels/\(name)_L.png", try Self.mask([0, 1, 2, 0, 0, 0]))
    }
    let dataset = try dataset(
      "masks: \(folder.path)/labels, suffix: _L, classes: [x, y, z], test: 0.3",
      images: folder.path + "/camera")
    #expect(dataset.dataSchema.counts == [.train: 2, .test: 1])
    #expect(try await open(.test, dataset).name(of: 0)?.hasPrefix("camera/") == true)
  }

  @Test func coloursAreMappedByTheFileOfClasses() async throws {
    try add("images/a.png", try ImageFolderTests.png(1))
    try add("images/b.png", try ImageFolderTests.png(2))
    var picture = PixelImage(width: 3, height: 2, fill: PixelImage.Color(0x0000FF))
    picture[1, 0] = PixelImage.Color(0xFF0000)
    picture[2, 1] = PixelImage.Color(0)
    try add("masks/a.png", try picture.png())
    try add("masks/b.png", try picture.png())
    try add("classes.txt", Array("void 0 0 0\nsky 0 0 255\nred car 255 0 0\n".utf8))
    let dataset = try dataset("ignore: void")
    #expect(dataset.dataSchema.target.kind == .mask(["sky", "red car"], ignore: 255))
    let source = try await open(.train, dataset)
    #expect(Array(source.targets[0]) == [4, 1, 1])
    #expect(try source.picturesAndMasks([0]).masks?.bytes == [0, 1, 0, 0, 0, 255])
  }

  /// The index is kept, and made again for a mask that changed.
  @Test func countsFollowTheFiles() async throws {
    try pair("a", level: 1)
    try pair("b", level: 2)
    let first = try dataset()
    let source = try await open(.train, first)
    try pair("a", [1, 1, 1, 1, 1, 1], level: 1)
    try pair("b", [1, 1, 1, 1, 1, 1], level: 2)
    let second = try await open(.train, try dataset())
    #expect(Array(second.targets[0]) == [0, 6, 0, 0])
    #expect(source.fingerprint != second.fingerprint)
    #expect(throws: DataError.self) { try source.picturesAndMasks([0]) }
  }

  @Test func mistakesNameFileValueAndPixel() throws {
    try pair("a", level: 1)
    try pair("b", level: 2)
    #expect(
      error { try dataset("classes: [sky, car], ignore: 9") }
        == "masks/a.png: has the value 2 at row 0, column 2, but there are 2 classes, 0 to 1, and 9 is "
        + "ignored (and 1 other file); on_error: skip leaves such files out")
    #expect(
      error { try dataset("classes: [sky, car, tree]") }
        == "masks/a.png: has the value 9 at row 1, column 2, but there are 3 classes, 0 to 2; 'ignore: 9' "
        + "leaves it out (and 1 other file); on_error: skip leaves such files out")
    #expect(
      error { try dataset("ignore: 9") }
        == "\(folder.path): holds no classes.txt; 'classes' names the classes or their file")
    #expect(
      error { try dataset("classes: [sky, car, sky], ignore: 9") }
        == "classes:3: 'sky' is listed twice")
    try add("images/c.png", try ImageFolderTests.png(3))
    #expect(
      error { try dataset() }
        == "images/c.png: has no mask of the same name; on_error: skip leaves such files out")
    try add("masks/c.png", try Self.mask([0, 1], height: 1, width: 2))
    #expect(
      error { try dataset() }
        == "masks/c.png: is 1×2, but images/c.png is 2×3; on_error: skip leaves such files out")
    let skipping = try dataset("classes: [sky, car, tree], ignore: 9, on_error: skip")
    #expect(try skipping.omissions().broken.count == 1)
    try add("masks/c.png", try ImageFolderTests.png(200))
    #expect(
      error { try dataset() }
        == "masks/c.png: has the value 200 at row 0, column 0, but there are 3 classes, 0 to 2, and 9 is "
        + "ignored; on_error: skip leaves such files out")
    try add("masks/d.png", try Self.mask([0, 1, 2, 0, 0, 0]))
    try add("masks/c.png", try Self.mask([0, 1, 2, 0, 0, 0]))
    #expect(
      error { try dataset() }
        == "masks/d.png: is the mask of no image; on_error: skip leaves such files out")
  }
}
