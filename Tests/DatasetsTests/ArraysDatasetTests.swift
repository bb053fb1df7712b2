import DataSchema
import Datasets
import Foundation
import Testing

@Suite struct ArraysDatasetTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A file that Tests/Fixtures/arrays/make.py wrote.
  private func fixture(_ name: String) throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/arrays/\(name)")
    try folder.write([UInt8](try Data(contentsOf: path)), name)
  }

  /// `a/X.npy` with 20 vectors of 2 numbers, and `a/y.npy` with their classes.
  private func writeVectors(_ change: (inout [Float]) -> Void = { _ in }) throws {
    var values = (0..<40).map { Float($0) / 2 }
    change(&values)
    try folder.write(NumPyText.npy("<f4", "(20, 2)", values), "a/X.npy")
    try folder.write(NumPyText.npy("<i8", "(20,)", (0..<20).map { $0 % 2 }), "a/y.npy")
  }

  private func open(
    _ text: String
  ) async throws -> (train: any ExampleSource, test: any ExampleSource) {
    try await DatasetText.open("arrays: {\(text)}", in: folder)
  }

  private func schema(_ text: String) throws -> DataSchema {
    try DatasetText.make("arrays: {\(text)}", in: folder).dataSchema
  }

  /// Errors of the arguments, without the folder's path.
  private func refusals(_ text: String) throws -> [String] {
    try DatasetText.refusals("arrays: {\(text)}", in: folder).map {
      $0.replacingOccurrences(of: folder.path + "/", with: "")
    }
  }

  /// Each argument that does not fit the arrays is an error, whether or not another one fits.
  @Test func unitsAreOfNumbersAndRangesOfImages() async throws {
    try writeVectors()
    try folder.write(NumPyText.npy("<f4", "(20,)", (0..<20).map { Float($0) / 3 }), "a/age.npy")
    #expect(
      try refusals("file: a, inputs: X, targets: age, unit: years, range: [0, 1]").first?
        .contains("'range' is for images") == true)
    #expect(
      try refusals("file: a, inputs: X, targets: y, kind: category, unit: mm").first?
        .contains("only numbers have a unit") == true)
  }

  // MARK: Files

  @Test func namesOfMedMNISTAreKnown() async throws {
    try fixture("medmnist.npz")
    let text = "file: medmnist.npz, axes: NHWC, names: [benign, malignant, normal]"
    let schema = try schema(text)
    #expect(
      schema.inputs == [DataField("image", .image(ImageSize(channels: 3, height: 4, width: 5)))])
    #expect(schema.targets == [DataField("label", .category(["benign", "malignant", "normal"]))])
    #expect(schema.counts == [.train: 8, .test: 3])
    #expect(schema.validationCount == 2)
    let (train, test) = try await open(text)
    // The images for validation are the last.
    #expect(train.isValidation == [false, false, false, false, false, false, true, true])
    #expect(train.count == 8 && test.count == 3)
    #expect(try train.duplicateKeys([0, 1]) != nil)
    let all = try train.pictures(Array(0..<8))
    #expect(try train.pictures([7, 3]).bytes == Array(all.bytes[420...] + all.bytes[180..<240]))
  }

  @Test func aFifthIsHeldOutWithoutTestArrays() async throws {
    try fixture("keras.npz")
    let schema = try schema("file: keras.npz")
    #expect(schema.image == ImageSize(channels: 1, height: 4, width: 3))
    #expect(schema.counts == [.train: 16, .test: 4])
    #expect(schema.validationCount == nil)
    let (train, test) = try await open("file: keras.npz")
    #expect(train.isValidation == nil)
    #expect(test.targets.values.sorted() == [0, 0, 1, 1])
    #expect(train.notes.contains { $0.contains("0.0 is black, 1.0 is white") })
    // Bright ones, and no others, are class 1.
    let pixels = try train.pictures(Array(0..<16)).bytes
    for index in 0..<16 {
      let isBright = pixels[(12 * index)..<(12 * index + 12)].allSatisfy { $0 >= 127 }
      #expect(isBright == (train.targets.values[index] == 1))
    }
    #expect(try await open("file: keras.npz, test: 0.5").test.count == 10)
  }

  /// Another order of the examples tests on the same ones.
  @Test func testExamplesDependOnTheirContentsAlone() async throws {
    try writeVectors()
    let values = try Set(await open("file: a").test.vectors())
    let rows: [Float] = (0..<20).reversed().flatMap { (row: Int) -> [Float] in
      [Float(row), Float(row) + 0.5]
    }
    try folder.write(NumPyText.npy("<f4", "(20, 2)", rows), "b/X.npy")
    try folder.write(
      NumPyText.npy("<i8", "(20,)", (0..<20).reversed().map { $0 % 2 }), "b/y.npy")
    #expect(try Set(await open("file: b").test.vectors()) == values)
    #expect(values.count == 4)
  }

  /// Columns one after the other, as NumPy calls it Fortran order.
  @Test func fortranOrderIsTheSameData() async throws {
    try writeVectors()
    let (train, test) = try await open("file: a")
    let vectors = try train.vectors()
    let columns = (0..<40).map { Float($0 % 20) + ($0 < 20 ? 0 : 0.5) }
    try folder.write(NumPyText.npy("<f4", "(20, 2)", fortran: true, columns), "a/X.npy")
    let (again, testAgain) = try await open("file: a")
    #expect(try again.vectors() == vectors)
    #expect(again.fingerprint == train.fingerprint)
    #expect(testAgain.fingerprint == test.fingerprint)
  }

  @Test func arraysAreNamed() async throws {
    try writeVectors()
    try folder.write(NumPyText.npy("<f4", "(20,)", (0..<20).map { Float($0) }), "a/age.npy")
    let (train, test) = try await open("file: a, inputs: X.npy, targets: age, unit: years")
    #expect(train.schema.target.kind == .numbers([Quantity("value", unit: "years")]))
    for source in [train, test] {
      #expect(try source.vectors().map { $0[0] } == source.targets.values)
    }
    let dataset = try DatasetText.make("arrays: {file: a}", in: folder)
    #expect(try dataset.omissions().skipped.map(\.path) == ["age"])
  }

  // MARK: Targets

  @Test func kindsAreRecognized() throws {
    try writeVectors()
    let sets = (0..<40).map { UInt8($0 % 3 == 0 ? 1 : 0) }
    try folder.write(NumPyText.npy("|u1", "(20, 2)", sets), "a/sets.npy")
    let hot = (0..<40).map { UInt8($0 / 2 % 2 == $0 % 2 ? 1 : 0) }
    try folder.write(NumPyText.npy("|u1", "(20, 2)", hot), "a/hot.npy")
    func kind(_ text: String) throws -> FieldKind {
      try schema("file: a, inputs: X, \(text)").target.kind
    }
    #expect(try kind("targets: y") == .category(["0", "1"]))
    #expect(try kind("targets: y, kind: numbers") == .numbers([Quantity("value")]))
    #expect(try kind("targets: sets, names: [a, b]") == .labelSet(["a", "b"]))
    #expect(try kind("targets: hot") == .category(["0", "1"]))
    #expect(try kind("targets: hot, kind: labels") == .labelSet(["0", "1"]))
  }

  // MARK: Axes

  /// The same pixels in the three usual orders.
  @Test func axesAreOrdered() async throws {
    let planar = (0..<600).map { UInt8($0 * 7 % 256) }
    let last: [UInt8] = (0..<600).map { (place: Int) -> UInt8 in
      let (image, channel, pixel) = (place / 60, place % 3, place % 60 / 3)
      return planar[image * 60 + channel * 20 + pixel]
    }
    let labels = NumPyText.npy("|u1", "(10, 1)", (0..<10).map { UInt8($0 % 2) })
    for name in ["first", "last", "grey"] { try folder.write(labels, "\(name)/y.npy") }
    try folder.write(NumPyText.npy("|u1", "(10, 3, 4, 5)", planar), "first/X.npy")
    try folder.write(NumPyText.npy("|u1", "(10, 4, 5, 3)", last), "last/X.npy")
    try folder.write(NumPyText.npy("|u1", "(10, 12, 5)", planar), "grey/X.npy")
    let first = try await open("file: first").train
    #expect(first.schema.image == ImageSize(channels: 3, height: 4, width: 5))
    #expect(try await open("file: first, axes: NCHW").train.fingerprint == first.fingerprint)
    #expect(try await open("file: last, axes: NHWC").train.fingerprint == first.fingerprint)
    #expect(try refusals("file: last").first?.contains("say which: axes: NHWC") == true)
    let other = try await open("file: last, axes: NWHC").train
    #expect(other.schema.image == ImageSize(channels: 3, height: 5, width: 4))
    #expect(other.fingerprint != first.fingerprint)
    #expect(
      try schema("file: grey").image == ImageSize(channels: 1, height: 12, width: 5))
    #expect(
      try refusals("file: grey, axes: NHWC").first?.hasPrefix(
        "NHWC: grey/X.npy: the array 'X' has 3 dimensions") == true)
    #expect(
      try refusals("file: grey, axes: NHX").first?.contains("is not an order of axes") == true)
  }

  // MARK: Refusals

  @Test func valuesThatCannotBeLearnedFromAreErrorsWithTheirPlace() throws {
    try writeVectors { $0[7] = .nan }
    let refusals = try refusals("file: a")
    #expect(refusals.count == 1)
    #expect(refusals.first?.contains("a/X.npy") == true, "\(refusals)")
    #expect(refusals.first?.contains("nan in example 3") == true, "\(refusals)")
    var pixels = (0..<120).map { Float($0) / 120 }
    pixels[65] = 1.5
    try folder.write(NumPyText.npy("<f4", "(10, 4, 3)", pixels), "b/X.npy")
    try folder.write(NumPyText.npy("|u1", "(10,)", (0..<10).map { UInt8($0 % 2) }), "b/y.npy")
    #expect(
      try self.refusals("file: b, inputs: X, targets: y").first?.contains(
        "holds 1.5 in example 5, row 1, column 2, outside of the range 0.0 to 1.0; range:") == true)
    #expect(try self.refusals("file: b, range: [0, 2]").isEmpty)
  }

  @Test func arraysThatDoNotFitAreErrors() throws {
    try writeVectors()
    try folder.write(NumPyText.npy("|u1", "(19,)", [UInt8](repeating: 1, count: 19)), "a/few.npy")
    try folder.write(NumPyText.npy("|u1", "(20,)", (1...20).map { UInt8($0 % 2 + 1) }), "a/one.npy")
    #expect(
      try refusals("file: a, inputs: X, targets: few") == [
        "few: a/few.npy: the array 'few' holds 19 targets for the 20 examples of 'X'"
      ])
    #expect(
      try refusals("file: a, inputs: X, targets: z") == [
        "z: a has no array 'z' (it holds 'X', 'few', 'one', 'y')"
      ])
    #expect(try refusals("file: a, inputs: X").first?.contains("needs 'targets' too") == true)
    #expect(
      try refusals("file: a, inputs: X, targets: one").first?.contains("class numbers start at 0")
        == true)
    #expect(
      try refusals("file: a, inputs: X, targets: y, names: [a]").isEmpty == false)
    #expect(
      try refusals("file: a, inputs: X, targets: X, unit: mm").first?.contains("is named in")
        == true)
  }

  @Test func filesWithoutNumbersAreErrors() throws {
    try fixture("refused.npz")
    #expect(
      try refusals("file: refused.npz, inputs: objects, targets: good").first?.hasPrefix(
        "objects: refused.npz") == true)
    #expect(
      try refusals("file: refused.npz").first?.contains("it holds 'objects', 'complex'") == true)
    try folder.write(NumPyText.npy("<f4", "(2,)", [1, 2] as [Float]), "one.npy")
    #expect(try refusals("file: one.npy").first?.contains("holds one array") == true)
    #expect(try refusals("file: nothing.npz").count == 1)
    #expect(try refusals("file: cache").count == 1)
  }

  // MARK: Changes

  @Test func fingerprintsAreOfTheValuesUsed() async throws {
    try writeVectors()
    let known = try await open("file: a").train.fingerprint
    #expect(try await open("file: a").train.fingerprint == known)
    #expect(try await open("file: a, names: [a, b]").train.fingerprint != known)
    #expect(try await open("file: a, kind: numbers").train.fingerprint != known)
    try writeVectors { for index in $0.indices { $0[index] += 1 } }
    #expect(try await open("file: a").train.fingerprint != known)
  }

  /// What has been read once is kept in the cache, and gone with the file.
  @Test func examplesAreReadOnce() async throws {
    try writeVectors()
    let known = try await open("file: a")
    let names = try folder.names(in: "cache/indexes")
    #expect(names.count == 1)
    let again = try await open("file: a")
    #expect(again.train.fingerprint == known.train.fingerprint)
    #expect(try folder.names(in: "cache/indexes") == names)
    // One that is damaged is made again.
    let index = try folder.read("cache/indexes/\(names[0])")
    try folder.write(index.map { $0 ^ 1 }, "cache/indexes/\(names[0])")
    #expect(try await open("file: a").train.fingerprint == known.train.fingerprint)
    #expect(try folder.read("cache/indexes/\(names[0])") == index)
  }

  @Test func changedFilesAreRefused() async throws {
    try writeVectors()
    let dataset = try DatasetText.make("arrays: {file: a}", in: folder)
    let data = try await dataset.acquire(environment: folder.environment()) { _ in }
    try writeVectors { $0[0] = 100 }
    let error = #expect(throws: DataError.self) {
      for split in DataSplit.allCases { _ = try dataset.open(split, of: data) }
    }
    #expect(error?.reason == "has changed since this run began")
  }

  // MARK: Predicting

  @Test func inputsAreOpenedAlone() throws {
    try fixture("keras.npz")
    try writeVectors()
    let images = try DatasetText.make("arrays: {file: keras.npz}", in: folder)
    #expect(images.isInputList("new.NPZ") && images.isInputList("new.npy"))
    #expect(!images.isInputList("new.png"))
    let known = try images.openInputs(folder.path + "/keras.npz")
    #expect(known.count == 20)
    // Another size is resized, another number of channels is not possible.
    try folder.write(NumPyText.npy("|u1", "(2, 3, 3)", [UInt8](0..<18)), "small.npy")
    let small = try images.openInputs(folder.path + "/small.npy")
    #expect(try small.pictures([1]).bytes == Array(9..<18))
    try folder.write(NumPyText.npy("|u1", "(1, 2, 3, 3)", [UInt8](0..<18)), "colour.npy")
    let colour = #expect(throws: DataError.self) {
      try images.openInputs(folder.path + "/colour.npy")
    }
    #expect(colour?.reason.contains("the model needs") == true)
    let vectors = try DatasetText.make("arrays: {file: a}", in: folder)
    #expect(try vectors.openInputs(folder.path + "/a/X.npy").vectors()[1] == [1, 1.5])
    #expect(throws: DataError.self) { try vectors.openInputs(folder.path + "/small.npy") }
  }
}
