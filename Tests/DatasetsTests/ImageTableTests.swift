import DataSchema
import Diagnostics
import Files
import Foundation
import TestSupport
import Testing

@testable import Datasets

/// Images that a table names: targets, splits, columns, and errors with the line of the row.
@Suite struct ImageTableTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func add(_ names: [String], from first: UInt8 = 1) throws {
    for (offset, name) in names.enumerated() {
      try folder.write(ImageFolderTests.png(first + UInt8(offset)), name)
    }
  }

  private func write(_ lines: [String], _ name: String = "t.csv") throws {
    try folder.write(Array((lines.joined(separator: "\n") + "\n").utf8), name)
  }

  private func open(
    _ text: String
  ) async throws -> (train: any ExampleSource, test: any ExampleSource) {
    try await DatasetText.open("table: {file: t.csv, image: file, \(text)}", in: folder)
  }

  private func make(_ text: String) throws -> any DatasetDefinition {
    try DatasetText.make("table: {file: t.csv, image: file, \(text)}", in: folder)
  }

  /// Errors of the arguments; `t.csv` in place of its whole path.
  private func refusals(_ text: String, image: String = "image: file, ") throws -> [String] {
    try DatasetText.refusals("table: {file: t.csv, \(image)\(text)}", in: folder).map {
      $0.replacing(folder.path + "/", with: "").replacing(folder.path, with: "DIR")
    }
  }

  private func levels(_ source: any ExampleSource) throws -> [UInt8] {
    try (0..<source.count).map { try source.pictures([$0]).bytes[0] }
  }

  /// Six images, the last one taller, with a class, a number, labels, a part, a group and a weight.
  private func writeAll() throws {
    try add(["p/1.png", "p/2.png", "p/3.png", "p/4.png", "p/5.png"], from: 10)
    try folder.write(ImageFolderTests.png(60, height: 5, width: 4), "p/6.png")
    try write([
      "file,kind,size,tags,part,who,weight", "p/3.png,dog,3.5,big;wet,train,a,1",
      "p/1.png,cat,1.5,,train,b,2", "./p/2.png,cat,2.5,wet,val,a,1",
      "p//4.png,dog,4,big,test,c,1", "p/x/../6.png,cat,6,big;wet,train,c,3",
      "p/5.png,dog,5,,test,c,1",
    ])
  }

  @Test func classesSplitsAndColumnsComeFromTheTable() async throws {
    try writeAll()
    let dataset = try make("target: kind, split: part, color: grey")
    let sizes = MixedSizes(
      channels: 1,
      sizes: [MixedSizes.Size(height: 5, width: 4), MixedSizes.Size(height: 2, width: 3)])
    #expect(dataset.dataSchema.inputs == [DataField("image", .mixedImages(sizes))])
    #expect(dataset.dataSchema.targets == [DataField("kind", .category(["cat", "dog"]))])
    #expect(dataset.dataSchema.counts == [.train: 4, .test: 2])
    #expect(dataset.dataSchema.validationCount == 1)
    let (train, test) = try await open("target: kind, split: part, color: grey")
    #expect(train.targets.classNumbers == [1, 0, 0, 0])
    #expect(train.isValidation == [false, false, true, false])
    #expect(test.isValidation == nil)
    #expect(try levels(train) == [12, 10, 11, 60] && levels(test) == [13, 14])
    #expect(train.imageSizes?.map(\.height) == [2, 2, 2, 5])
    #expect(!train.isInMemory)
    #expect(try train.column("who") == ["a", "b", "a", "c"])
    #expect(try test.column("weight") == ["1", "1"])
    #expect(throws: DataError.self) { try test.column("nobody") }
  }

  @Test func numbersAndLabelsAreTargetsToo() async throws {
    try writeAll()
    let numbers = try await open("target: size, unit: cm, split: part")
    #expect(numbers.train.schema.target.kind == .numbers([Quantity("size", unit: "cm")]))
    #expect(numbers.train.targets == Targets([3.5, 1.5, 2.5, 6]))
    #expect(numbers.test.schema.largestImage?.channels == 3)
    let labels = try await open("target: tags, label_separator: ';', split: part")
    #expect(labels.train.schema.target.kind == .labelSet(["big", "wet"]))
    #expect(labels.test.targets == Targets([1, 0, 0, 0], width: 2))
  }

  @Test func theFolderTheEndingAndAnArchiveCanBeNamed() async throws {
    try writeAll()
    try write([
      "file,kind", "1,cat", "3,dog", "2,cat", "4,dog", "\(folder.path)/p/5,dog",
    ])
    let folderSource = try await open("target: kind, images: p, suffix: .png")
    #expect(folderSource.train.count == 3 && folderSource.test.count == 2)
    try write(["file,kind", "1,cat", "3,dog", "2,cat", "4,dog"])
    let plain = try await open("target: kind, images: p, suffix: .png")
    let entries = try (1...4).map {
      try ZipText.Entry("\($0).png", folder.read("p/\($0).png"))
    }
    try folder.write(ZipText(entries).bytes, "p.zip")
    let zip = try await open("target: kind, images: p.zip, suffix: .png")
    #expect(zip.train.fingerprint == plain.train.fingerprint)
    #expect(try levels(zip.test) == levels(plain.test))
    try write(["file,kind", "1,cat", "3,dog", "2,cat", "../4,dog"])
    #expect(
      try refusals("target: kind, images: p.zip, suffix: .png").first?.hasSuffix(
        "t.csv: line 5, column 'file': '../4' leads outside p.zip; set 'images' to the folder that "
          + "holds all images; on_error: skip leaves such rows out") == true)
  }

  /// Which images are tested on depends on their contents, not on their names, their order or the rows.
  @Test func theTestFractionDependsOnContentsAlone() async throws {
    try add((0..<20).map { "a/\($0).png" })
    func rows(_ order: [Int]) -> [String] {
      ["file,size,note"] + order.map { "a/\($0).png,\(Double($0) + 0.5),\(order[0])" }
    }
    try write(rows(Array(0..<20)))
    let first = try await Set(levels(open("target: size, test: 0.25").test))
    try write(rows((0..<20).reversed()))
    #expect(try await Set(levels(open("target: size, test: 0.25").test)) == first)
    #expect(first.count == 5)
    // Copies stay on one side.
    for number in 0..<20 {
      try folder.write(ImageFolderTests.png(UInt8(number / 5)), "a/\(number).png")
    }
    let (train, test) = try await open("target: size, test: 0.25")
    #expect(try Set(levels(train)).isDisjoint(with: levels(test)))
  }

  @Test func theFingerprintCoversRowsAndContents() async throws {
    try writeAll()
    let text = "target: kind, split: part"
    let first = try await open(text)
    #expect(try await open(text).train.fingerprint == first.train.fingerprint)
    #expect(
      try await open(text + ", color: grey").train.fingerprint != first.train.fingerprint)
    try folder.write(ImageFolderTests.png(99), "p/4.png")
    let changed = try await open(text)
    #expect(changed.train.fingerprint == first.train.fingerprint)
    #expect(changed.test.fingerprint != first.test.fingerprint)
    #expect(throws: DataError.self) { try first.test.pictures([0]) }
    let rows = String(decoding: try folder.read("t.csv"), as: UTF8.self)
    try folder.write(Array(rows.replacing(",b,2", with: ",b,7").utf8), "t.csv")
    #expect(try await open(text).train.fingerprint != first.train.fingerprint)
  }

  @Test func missingImagesAreNamedWithTheirLine() throws {
    try add(["a.png", "b.png", "train/c.png"])
    func problem(_ cell: String, _ settings: String = "") throws -> String {
      try write(["file,kind", "a.png,x", "\(cell),y"])
      return try refusals("target: kind\(settings)").first ?? "none"
    }
    let (start, end) = (
      "t.csv: t.csv: line 3, column 'file': ", "; on_error: skip leaves such rows out"
    )
    #expect(
      try problem("bb.png")
        == start + "bb.png: does not exist; did you mean 'b.png'?" + end)
    #expect(
      try problem("c.png")
        == start + "c.png: does not exist; did you mean 'train/c.png'?" + end)
    #expect(
      try problem("b")
        == start + "b: does not exist; 'b.png' exists: suffix: .png adds the ending" + end)
    #expect(
      try problem("train\\c.png")
        == start + "train\\c.png: does not exist; paths are written with /: 'train/c.png'" + end)
    #expect(
      try problem("/etc/passwd")
        == start
        + "'/etc/passwd' leads outside DIR; set 'images' to the folder that holds all images" + end)
    #expect(try problem("").hasPrefix(start + "the path of the image is missing"))
    #expect(try problem("train") == start + "train: is not a regular file" + end)
    #expect(
      try problem("nothing-like-it.jpeg") == start + "nothing-like-it.jpeg: does not exist" + end)
  }

  @Test func brokenImagesStopTheRunOrAreLeftOut() async throws {
    try writeAll()
    let whole = try ImageFolderTests.png(77, height: 40, width: 40)
    try folder.write(Array(whole[..<(whole.count - 20)]), "p/2.png")
    try folder.write(Array("<html>".utf8), "p/5.png")
    let error = try #require(try refusals("target: kind, split: part").first)
    #expect(error.hasPrefix("t.csv: t.csv: line 7, column 'file': p/5.png: "))
    // Only decoding shows that the end of the other is missing.
    let dataset = try make("target: kind, split: part, on_error: skip")
    #expect(dataset.dataSchema.counts == [.train: 3, .test: 1])
    let broken = try dataset.omissions().broken
    #expect(broken.map(\.path) == ["./p/2.png", "p/5.png"])
    #expect(broken.first?.reason.hasPrefix("line 4: ") == true)
    let train = try await open("target: kind, split: part, on_error: skip").train
    #expect(
      train.notes == ["2 rows are left out because of their images; 'runner data' lists them"])
  }

  @Test func anImageWithTwoClassesIsAnError() async throws {
    try add(["1.png", "2.png", "3.png", "4.png", "5.png"])
    try write([
      "file,kind,size", "1.png,x,1.5", "2.png,y,2.5", "3.png,x,3.5", "4.png,y,4.5", "5.png,y,5",
      "1.png,x,7.5", "./2.png,x,2",
    ])
    let reason =
      "'2.png' has different targets on line 8 than on line 3; an image has one row, and "
      + "several labels "
      + "are written into one cell (label_separator)"
    #expect(
      try refusals("target: kind") == [
        "t.csv: t.csv: line 8, column 'file': \(reason); on_error: skip leaves such rows out"
      ])
    let skipping = try make("target: kind, on_error: skip")
    #expect(skipping.dataSchema.counts.values.reduce(0, +) == 5)
    #expect(try skipping.omissions().broken.map(\.reason) == [reason])
    // Numbers may have been measured twice.
    let (train, test) = try await open("target: size")
    #expect(train.count + test.count == 7)
    #expect(
      train.notes == ["2 rows name an image that an earlier row names, the first on line 7"])
    #expect(try Set(levels(train)).isDisjoint(with: levels(test)))
  }

  @Test func argumentsThatDoNotFitAreErrorsWithTheirPlace() throws {
    try writeAll()
    #expect(
      try refusals("target: kind, features: [size]") == [
        "[size]: 'features' has no effect if the model is given the images of column 'file' "
          + "(remove it, or remove 'image')"
      ])
    #expect(try refusals("target: kind, standardize: false").first?.hasPrefix("false: ") == true)
    #expect(
      try refusals("target: kind, impute: {numbers: mean}").first?.contains("'impute' has") == true)
    for argument in ["images: p", "suffix: .png", "color: grey"] {
      let key = argument.prefix { $0 != ":" }
      let found = try refusals("target: kind, ignore: [file], \(argument)", image: "").first ?? ""
      #expect(found.contains("'\(key)' is for a table of images"))
    }
    #expect(
      try refusals("target: kind, images: nowhere").first?.hasSuffix(
        "nowhere: there is no such folder or archive") == true)
    #expect(
      try refusals("target: kind", image: "image: fil, ").first?.contains(
        "has no column 'fil' (did you mean 'file'?)") == true)
    #expect(
      try refusals("target: file").first?.contains(
        "column 'file' is listed in 'target' and in 'image'") == true)
  }

  @Test func otherTablesOfImagesArePredicted() throws {
    try writeAll()
    let dataset = try make("target: kind, split: part, color: grey")
    #expect(dataset.isInputList("new.CSV") && dataset.isInputList("new.tsv.gz"))
    #expect(!dataset.isInputList("photo.jpg"))
    try write(["id,file", "1,q/9.png", "2,p/6.png", "3,q/9.png"], "new.csv")
    try add(["q/9.png"], from: 90)
    let inputs = try dataset.openInputs(folder.path + "/new.csv")
    #expect(try levels(inputs) == [90, 60, 90])
    #expect(try inputs.column("id") == ["1", "2", "3"])
    #expect(inputs.targets == Targets([0, 0, 0]))
    try write(["id,file", "1,q/9.png", "2,p/7.png"], "new.csv")
    let error = #expect(throws: DataError.self) {
      try dataset.openInputs(folder.path + "/new.csv")
    }
    #expect(error?.reason.hasPrefix("line 3, column 'file': ") == true)
    try write(["id,path", "1,q/9.png"], "new.csv")
    #expect(throws: DataError.self) { try dataset.openInputs(folder.path + "/new.csv") }
  }

  /// A table elsewhere, whose images lie where those of the experiment do.
  @Test func imagesOfAnotherTableMayLieWhereTheExperimentSays() throws {
    try writeAll()
    try write(["file,kind", "1,cat", "3,dog", "2,cat", "4,dog"])
    let dataset = try make("target: kind, images: p, suffix: .png, color: grey")
    try write(["file", "6", "5"], "elsewhere/new.csv")
    #expect(try levels(dataset.openInputs(folder.path + "/elsewhere/new.csv")) == [60, 14])
    try add(["elsewhere/6.png", "elsewhere/5.png"], from: 200)
    #expect(try levels(dataset.openInputs(folder.path + "/elsewhere/new.csv")) == [200, 201])
  }

  @Test func pathsStayBelowTheirFolder() {
    for (text, path) in [
      ("a.png", "a.png"), ("./b/../a.png", "a.png"), ("/data/p/x/a.png", "x/a.png"),
      ("/data//p/./a.png", "a.png"), ("b//a.png", "b/a.png"), ("..a.png", "..a.png"),
    ] {
      #expect(ImagePath(text, in: "/data/p") == .inside(path))
    }
    for text in ["../a.png", "a/../../p/a.png", "/data/pp/a.png", "/data/p/../a.png", "/.."] {
      guard case .refused(let reason) = ImagePath(text, in: "/data/p") else {
        Issue.record("\(text) was taken")
        continue
      }
      #expect(reason.hasPrefix("leads outside /data/p"))
    }
    #expect(ImagePath(".", in: "/data/p") == .refused("names no file"))
    #expect(ImagePath("a\0b", in: "/data/p") == .refused("contains a NUL byte"))
    #expect(ImagePath("/x/a.png", in: "/") == .inside("x/a.png"))
  }
}
