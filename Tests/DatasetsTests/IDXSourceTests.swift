import DataSchema
import Datasets
import Testing

/// Opening files in MNIST's format as examples.
struct IDXSourceTests {
  private static let classes = DataField("label", .category(["a", "b", "c"]))
  private static let four = IDXArray(shape: [4, 1, 2], bytes: [0, 1, 2, 3, 4, 5, 6, 7])
  private static let labels = IDXArray(shape: [4], bytes: [0, 2, 1, 2])

  /// A data set whose test files are its training files.
  private func acquire(
    _ folder: TemporaryFolder, _ images: IDXArray, _ labels: IDXArray
  ) throws -> AcquiredDataset {
    let contents: [DataFile.Contents: IDXArray] = [.inputs: images, .targets: labels]
    let files = try DataFile.Contents.allCases.map { kind in
      let array = contents[kind]
      let bytes = idx((array?.shape ?? []).map(UInt32.init), array?.bytes ?? [])
      let path = try folder.write(bytes, kind.rawValue)
      return DataFile(path: path, sha256: hexadecimalSHA256(bytes), split: .train, contents: kind)
    }
    return AcquiredDataset(name: "idx", files: files, origin: .folder)
  }

  private func open(
    _ images: IDXArray, _ labels: IDXArray, target: DataField = classes
  ) throws -> any ExampleSource {
    let folder = try TemporaryFolder()
    let source = try IDXFolder.open(.train, of: acquire(folder, images, labels), target: target)
    try source.prepare()
    return source
  }

  /// The error with its path's last component.
  private func failure(_ images: IDXArray, _ labels: IDXArray) throws -> String? {
    let folder = try TemporaryFolder()
    let error = #expect(throws: DataError.self) {
      try IDXFolder.open(.train, of: acquire(folder, images, labels), target: Self.classes)
    }
    return (error?.description).map { $0.replacing(folder.path + "/", with: "") }
  }

  @Test func greyAndColour() throws {
    let grey = try open(Self.four, Self.labels)
    #expect(grey.count == 4)
    #expect(grey.schema.image == ImageSize(channels: 1, height: 1, width: 2))
    #expect(grey.targets.classNumbers == [0, 2, 1, 2])
    #expect(grey.bytes == Self.four.bytes)
    let colour = try open(
      IDXArray(shape: [2, 3, 1, 2], bytes: (0..<12).map { UInt8($0) }),
      IDXArray(shape: [2], bytes: [0, 1]))
    #expect(colour.count == 2)
    #expect(colour.schema.image == ImageSize(channels: 3, height: 1, width: 2))
  }

  @Test func examplesAreReadByIndexInTheOrderAskedFor() throws {
    let source = try open(Self.four, Self.labels)
    var batch = ExampleBatch()
    try source.read([2, 0, 2], into: &batch)
    #expect(batch["image"] == .bytes([4, 5, 0, 1, 4, 5]))
    #expect(batch.take("image") == .bytes([4, 5, 0, 1, 4, 5]))
    #expect(batch["image"] == nil)
    #expect(try source.images([3]) == [6, 7])
    #expect(try source.images([0, 1, 2, 3]) == Self.four.bytes)
    #expect(try source.images([]).isEmpty)
  }

  @Test func aSubsetReadsItsOwnRows() throws {
    let source = try open(Self.four, Self.labels)
    let subset = ExampleSubset(source, rows: [3, 1])
    #expect(subset.count == 2)
    #expect(subset.targets.classNumbers == [2, 2])
    #expect(try subset.images([0, 1]) == [6, 7, 2, 3])
    #expect(try subset.images([1]) == [2, 3])
    let first = source.prefix(3)
    #expect(try first.images([2]) == [4, 5])
    #expect(first.targets.classNumbers == [0, 2, 1])
    #expect(source.prefix(100).count == 4)
    #expect(source.prefix(0).targets.count == 0)
    // Equal examples, equal fingerprints, and no others.
    let prints = [source, source.prefix(3), subset, ExampleSubset(source, rows: [1, 3])]
      .map(\.fingerprint)
    #expect(Set(prints).count == 4)
    #expect(source.prefix(3).fingerprint == prints[1])
  }

  @Test func imagesAreReadWhenTheyAreAskedFor() throws {
    let folder = try TemporaryFolder()
    let data = try acquire(folder, Self.four, Self.labels)
    let source = try IDXFolder.open(.train, of: data, target: Self.classes)
    #expect(source.bytes == nil)
    let path = try folder.write(idx([4, 1, 2] as [UInt32], [9, 9, 9, 9, 9, 9, 9, 9]), "inputs")
    #expect(throws: DataError(path: path, reason: "has changed since this run began")) {
      try source.images([0])
    }
  }

  @Test func countsMustAgree() throws {
    #expect(
      try failure(Self.four, IDXArray(shape: [3], bytes: [0, 1, 2]))?
        .hasPrefix("targets: holds 3 labels for the 4 images of ") == true)
  }

  @Test func labelsMustBeClasses() throws {
    #expect(
      try failure(Self.four, IDXArray(shape: [4], bytes: [0, 2, 3, 9]))
        == "targets: example 2 has the label 3, not one of the 3 classes 0 to 2")
  }

  @Test func shapesMustFit() throws {
    #expect(
      try failure(Self.labels, Self.labels)
        == "inputs: has 1 dimensions, but images have 3 (count, height, width)"
        + " or 4 (count, channels, height, width)")
    #expect(
      try failure(Self.four, Self.four)
        == "targets: has 3 dimensions, but labels have 1 (count)")
    #expect(
      try failure(
        IDXArray(shape: [0, 28, 28], bytes: []), IDXArray(shape: [0], bytes: []))
        == "inputs: holds no images")
  }

  @Test func aSplitWithoutFilesIsAnError() throws {
    let folder = try TemporaryFolder()
    let data = try acquire(folder, Self.four, Self.labels)
    #expect(throws: DataError(path: "idx", reason: "has no files of test examples")) {
      try IDXFolder.open(.test, of: data, target: Self.classes)
    }
  }
}
