import Arrays
import DataSchema
import TestSupport
import Testing

struct ArraysSourceTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private static let classes = DataField("label", .category(["benign", "malignant", "normal"]))

  private func medical(
    _ split: ArrayConvention.Split, range: ClosedRange<Double>? = nil, axes: String = "NHWC"
  ) throws -> ArraysSource {
    let file = try Fixtures.open("medmnist.npz")
    let pair = try #require(
      try ArrayConvention(names: file.names, path: file.path).splits[split])
    let images = try ArrayImages(
      file[pair.inputs], axes: try #require(AxisOrder(axes)), range: range)
    let digest = try file.sha256()
    return try ArraysSource(
      .images(images), target: Self.classes, labels: file[pair.targets],
      digests: (inputs: digest, targets: digest))
  }

  @Test func readsMedMNIST() throws {
    let source = try medical(.train)
    #expect(source.schema.description == "3 classes of 3×4×5")
    #expect(source.count == 6)
    try source.prepare()
    let expected = try #require(try Fixtures.expected()["medmnist.npz"])
    let labels = try #require(expected["train_labels"]?.bytes)
    #expect(
      source.targets.classNumbers
        == labels.enumerated().filter { $0.offset % 2 == 1 }
        .compactMap { $0.element.wholeNumberValue.map(Int32.init) })
    let pixels = try #require(expected["train_images"]?.bytes)
    // Of the last image: all reds, then all greens, then all blues.
    let digits = Array(pixels.utf8.suffix(2 * 60))
    let last = (0..<60).compactMap { place in
      UInt8(String(decoding: digits[(2 * place)..<(2 * place + 2)], as: UTF8.self), radix: 16)
    }
    let planar = (0..<3).flatMap { channel in
      stride(from: channel, to: 60, by: 3).map { last[$0] }
    }
    #expect(try source.images([5]) == planar)
    #expect(try ImagesInMemory(reading: source).pixels(of: 5) == planar[...])
    #expect(try source.prefix(2).count == 2)
  }

  @Test func hasAFingerprintOfEverythingThatDecides() throws {
    let known = try medical(.train).fingerprint
    #expect(try medical(.train).fingerprint == known)
    #expect(try medical(.test).fingerprint != known)
    #expect(try medical(.train, axes: "NWHC").fingerprint != known)
  }

  @Test func readsVectors() throws {
    let values: [Float] = [1, 2, 3, 4, 5, 6]
    let inputs = try ArrayFile(
      try folder.write(NPYText("<f4", "(3, 2)", values: bytes(values)).bytes, "X.npy"))["X"]
    let labels = try ArrayFile(
      try folder.write(
        NPYText("<f8", "(3,)", values: bytes([0.5, 1.5, 2.5])).bytes, "y.npy"))["y"]
    let source = try ArraysSource(
      .vectors(ArrayVectors(inputs)), target: DataField("value", .numbers([Quantity("value")])),
      labels: labels, digests: (inputs: "a", targets: "b"))
    #expect(source.schema.input == DataField("vector", .vector(2)))
    #expect(source.targets == Targets([0.5, 1.5, 2.5]))
    var batch = ExampleBatch()
    try source.read([2, 0], into: &batch)
    #expect(batch["vector"] == .numbers([5, 6, 1, 2]))
  }

  @Test func needsATargetForEachExample() throws {
    let file = try Fixtures.open("medmnist.npz")
    let images = try ArrayImages(file["train_images"], axes: try #require(AxisOrder("NHWC")))
    let error = #expect(throws: DataError.self) {
      try ArraysSource(
        .images(images), target: Self.classes, labels: file["test_labels"],
        digests: (inputs: "", targets: ""))
    }
    #expect(
      error?.reason
        == "the array 'test_labels' holds 3 targets for the 6 examples of 'train_images' in "
        + Fixtures.path("medmnist.npz"))
    #expect(throws: DataError.self) {
      try ArraysSource(
        .images(images), target: DataField("mask", .mask(["a"], ignore: nil)),
        labels: file["train_labels"], digests: (inputs: "", targets: ""))
    }
  }
}
