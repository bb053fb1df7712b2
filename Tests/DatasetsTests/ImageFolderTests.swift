import DataSchema
import Diagnostics
import Files
import Foundation
import PNGImage
import TestSupport
import Testing

@testable import Datasets

/// Images in class folders: splits, classes, sizes and order, and errors for unusable files.
struct ImageFolderTests {
  private let folder: TemporaryFolder
  private let cache: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    cache = try TemporaryFolder()
  }

  /// A picture of one grey, whose content differs from that of every other level.
  static func png(_ level: UInt8, height: Int = 2, width: Int = 3) throws -> [UInt8] {
    let pixels = [UInt8](repeating: level, count: height * width)
    let image = try #require(
      PixelImage(planar: pixels, width: width, height: height, channels: 1))
    return try image.png()
  }

  private func add(_ names: [String], from first: UInt8 = 1) throws {
    for (offset, name) in names.enumerated() {
      try add(name, try Self.png(first + UInt8(offset)))
    }
  }

  private func add(_ name: String, _ bytes: [UInt8]) throws {
    let path = folder.path + "/" + name
    try AtomicFile.createFolder(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]))
    try folder.write(bytes, name)
  }

  private func dataset(
    _ settings: String = "", at path: String? = nil, recorded: DataSchema? = nil
  ) throws -> any DatasetDefinition {
    let arguments = "folder: \(path ?? folder.path)" + (settings.isEmpty ? "" : ", " + settings)
    return try DatasetText.make("image_folder: {\(arguments)}", in: cache, recorded: recorded)
  }

  private func open(
    _ split: DataSplit, _ dataset: any DatasetDefinition
  ) async throws -> any ExampleSource {
    let data = try await dataset.acquire(environment: .empty, progress: { _ in })
    return try dataset.open(split, of: data)
  }

  @Test func splitsAreFoldersAndClassesAreSortedByBytes() async throws {
    try add(["train/b/1.png", "train/B/1.png", "train/é/1.png", "train/a/2.png", "train/a/10.png"])
    try add(["test/b/1.png", "test/é/9.png", "val/B/1.png"], from: 50)
    let dataset = try dataset()
    #expect(dataset.dataSchema.target.kind == .category(["B", "a", "b", "é"]))
    #expect(dataset.dataSchema.counts == [.train: 6, .test: 2])
    #expect(dataset.dataSchema.validationCount == 1)
    let train = try await open(.train, dataset)
    // a/10, B/1, b/1, é/1, a/2, then the folder val.
    #expect(train.targets.classNumbers == [1, 0, 2, 3, 1, 0])
    #expect(train.isValidation == [false, false, false, false, false, true])
    let test = try await open(.test, dataset)
    #expect(test.targets.classNumbers == [2, 3])
    #expect(try test.images([1, 0]).first == 51)
  }

  @Test func imagesAreReadAsPlanesOfTheChosenColor() async throws {
    try add(["a/1.png", "a/2.png", "b/1.png", "b/2.png"], from: 10)
    let color = try await open(.train, dataset("test: 0.5"))
    #expect(color.schema.image == ImageSize(channels: 3, height: 2, width: 3))
    let grey = try await open(.train, dataset("test: 0.5, color: grey"))
    #expect(grey.schema.image == ImageSize(channels: 1, height: 2, width: 3))
    let pixels = try grey.images([0])
    #expect(pixels == Array(repeating: pixels[0], count: 6))
    #expect(try color.images([0]) == Array(repeating: pixels[0], count: 18))
    #expect(color.fingerprint != grey.fingerprint)
  }

  /// The same images are tested on, whatever their names are and in whatever order they come.
  @Test func theTestFractionDependsOnContentsAlone() async throws {
    for level in UInt8(1)...20 {
      try add("a/\(level).png", Self.png(level))
      try add("b/\(level).png", Self.png(100 + level))
    }
    func tested() async throws -> Set<UInt8> {
      let test = try await open(.test, dataset("test: 0.25"))
      return try Set((0..<test.count).map { try test.images([$0])[0] })
    }
    let first = try await tested()
    #expect(first.count == 10 && first.count { $0 < 100 } == 5)
    for level in UInt8(1)...20 {
      let old = "\(folder.path)/a/\(level).png"
      try FileManager.default.moveItem(atPath: old, toPath: "\(folder.path)/a/x\(99 - level).png")
    }
    #expect(try await tested() == first)
  }

  @Test func equalImagesAreNotDividedBetweenTrainingAndTest() async throws {
    for number in 0..<10 { try add("a/\(number).png", Self.png(UInt8(number % 2))) }
    try add(["b/1.png", "b/2.png"], from: 100)
    let dataset = try dataset("test: 0.3")
    let (train, test) = (try await open(.train, dataset), try await open(.test, dataset))
    let levels = try [train, test].map { source in
      try Set((0..<source.count).map { try source.images([$0])[0] })
    }
    #expect(levels[0].isDisjoint(with: levels[1]))
  }

  @Test func sizesMayDiffer() async throws {
    try add("a/1.png", Self.png(1, height: 2, width: 3))
    try add("a/2.png", Self.png(2, height: 2, width: 3))
    try add("b/1.png", Self.png(3, height: 5, width: 4))
    try add("b/2.png", Self.png(4, height: 5, width: 4))
    let dataset = try dataset("test: 0.5, color: grey")
    let sizes = MixedSizes(
      channels: 1,
      sizes: [MixedSizes.Size(height: 5, width: 4), MixedSizes.Size(height: 2, width: 3)])
    #expect(dataset.dataSchema.input.kind == .mixedImages(sizes))
    let train = try await open(.train, dataset)
    let pictures = try train.pictures([1, 0])
    #expect(pictures.sizes.map(\.height) == [5, 2])
    #expect(pictures.bytes.count == 26)
    #expect(throws: DataError.self) { try train.images([0]) }
  }

  @Test func hiddenFilesAndOtherFilesAreLeftOut() async throws {
    try add(["a/1.png", "a/2.png", "b/1.png", "b/2.png", ".git/x/1.png", "a/.hidden.png"])
    try add("a/notes.txt", Array("text".utf8))
    try add("readme.png", Self.png(9))
    try AtomicFile.createFolder(folder.path + "/empty")
    try AtomicFile.createFolder(folder.path + "/.ipynb_checkpoints")
    let index = try ImageIndex.build(ImageFiles(folder.path), decodes: false, threads: 2)
    #expect(index.summary.classes == ["a", "b"])
    #expect((0..<index.count).map(index.name) == ["a/1.png", "a/2.png", "b/1.png", "b/2.png"])
    #expect(
      index.summary.skipped == [
        .init(path: "a/notes.txt", reason: "is not an image by its name"),
        .init(path: "readme.png", reason: "is in no class folder"),
      ])
  }

  @Test func linksAreFollowedOnce() throws {
    try add(["a/1.png", "b/1.png"])
    let files = FileManager.default
    try files.createSymbolicLink(
      atPath: folder.path + "/a/again", withDestinationPath: folder.path)
    try files.createSymbolicLink(
      atPath: folder.path + "/c", withDestinationPath: folder.path + "/b")
    try files.createSymbolicLink(
      atPath: folder.path + "/b/lost.png", withDestinationPath: "/nowhere")
    let index = try ImageIndex.build(ImageFiles(folder.path), decodes: false, threads: 1)
    #expect((0..<index.count).map(index.name) == ["a/1.png", "b/1.png", "c/1.png"])
    #expect(index.summary.broken.map(\.path) == ["b/lost.png", "c/lost.png"])
  }

  @Test func theResultIsTheSameForAnyNumberOfThreads() throws {
    for number in UInt8(0)..<200 { try add("\(number % 3)/\(number).png", Self.png(number)) }
    let files = try ImageFiles(folder.path)
    let one = try ImageIndex.build(files, decodes: false, threads: 1)
    #expect(try ImageIndex.build(files, decodes: false, threads: 3) == one)
    #expect(try ImageIndex(one.encoded()) == one)
  }

  /// The first examples, which `limit` leaves, hold every class in its proportion.
  @Test func classesTakeTurns() async throws {
    let (many, few) = ((1...6).map { "train/a/\($0).png" }, (1...2).map { "train/b/\($0).png" })
    try add(many + few + ["train/c/1.png", "test/a/8.png", "test/b/7.png", "test/a/9.png"])
    func classes(_ split: DataSplit) async throws -> [Int32] {
      try await open(split, dataset()).targets.classNumbers
    }
    #expect(try await classes(.train) == [0, 0, 1, 0, 2, 0, 0, 1, 0])
    #expect(try await classes(.test) == [0, 1, 0])
  }

  @Test func anIndexThatWasDamagedIsBuiltAgain() throws {
    try add(["a/1.png", "b/1.png"])
    let bytes = try ImageIndex.build(ImageFiles(folder.path), decodes: false, threads: 1).encoded()
    for place in stride(from: 0, to: bytes.count, by: 7) {
      var damaged = bytes
      damaged[place] ^= 0x10
      #expect(ImageIndex(damaged) == nil)
      #expect(ImageIndex(Array(bytes[..<place])) == nil)
    }
  }

  @Test func aChangedImageIsNoticed() async throws {
    try add(["a/1.png", "a/2.png", "b/1.png", "b/2.png"])
    let dataset = try dataset("test: 0.5")
    let data = try await dataset.acquire(environment: .empty, progress: { _ in })
    let train = try dataset.open(.train, of: data)
    try add(["a/1.png", "a/2.png"], from: 200)
    let read = #expect(throws: DataError.self) { try train.pictures([0]) }
    #expect(read?.reason == "has changed since this run began")
    let fresh = try self.dataset("test: 0.5")
    let opened = #expect(throws: DataError.self) { try fresh.open(.train, of: data) }
    #expect(opened?.reason == "has changed since this run began")
  }

  @Test func brokenImagesStopTheRunOrAreSkipped() async throws {
    try add(["a/1.png", "a/2.png", "b/1.png", "b/2.png"])
    try add("b/page.png", Array("<html>".utf8))
    let whole = try Self.png(77, height: 40, width: 40)
    try add("b/short.png", Array(whole[..<(whole.count - 20)]))
    let error = #expect(throws: InputError.self) { try self.dataset() }
    let message = error?.diagnostics.first?.message ?? ""
    #expect(message.contains("b/page.png: ") && message.contains("on_error: skip"))
    // Only decoding shows that the end is missing.
    let skipping = try dataset("on_error: skip, test: 0.5")
    #expect(skipping.dataSchema.counts == [.train: 2, .test: 2])
  }

  @Test func whatCannotBeTrainedOnIsAnErrorWithItsPlace() throws {
    func message(_ settings: String = "") -> String {
      do {
        _ = try dataset(settings)
        return "no error"
      } catch {
        return ((error as? InputError)?.diagnostics.first?.message ?? "\(error)")
          .replacingOccurrences(of: folder.path, with: "DIR")
      }
    }
    #expect(message().hasPrefix("DIR: holds no images in class folders (0 other files)"))
    try add(["a/1.png", "a/2.png"])
    #expect(message() == "DIR: holds images of one class, 'a'; expected at least two")
    try add("b/1.png", Self.png(60))
    #expect(message() == "DIR: leaves no training images of the class 'b'")
    try add("b/2.png", Self.png(61))
    #expect(message() == "no error")
    #expect(message("test: val") == "DIR: has no folder test/ or val/ with images to test on")
    try add(["train/a/1.png", "train/b/1.png", "test/c/1.png"])
    #expect(
      message() == "DIR/test/c/1.png: has the class 'c', which no training image has")
    #expect(throws: InputError.self) { try self.dataset(at: self.folder.path + "/nowhere") }
  }

  @Test func aRecordedRunNeedsNoFiles() throws {
    let schema = DataSchema(
      image: ImageSize(channels: 3, height: 4, width: 5),
      target: DataField("label", .category(["x", "y"])))
    #expect(try dataset(at: "/nowhere", recorded: schema).dataSchema == schema)
  }

  /// A folder, and the same files in an archive below one folder more.
  @Test func anArchiveHoldsTheSameExamples() async throws {
    let names = ["a/1.png", "a/2.png", "b/1.png", "b/2.png"]
    try add(names)
    let zip = try TemporaryFolder()
    let entries = try names.map { ZipText.Entry("pets/" + $0, try folder.read($0)) }
    let path = try zip.write(ZipText(entries).bytes, "pets.zip")
    let (folderSource, zipSource) = (
      try await open(.train, dataset("test: 0.5")),
      try await open(.train, dataset("test: 0.5", at: path))
    )
    #expect(folderSource.fingerprint == zipSource.fingerprint)
    #expect(try folderSource.images([0, 1]) == zipSource.images([0, 1]))
  }
}
