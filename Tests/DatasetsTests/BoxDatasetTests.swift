import DataSchema
import Diagnostics
import Files
import FoundationEssentials
import TestSupport
import Testing

@testable import Datasets

/// Images with boxes: the layouts of COCO, Roboflow and VOC, classes, splits, and errors that name what is wrong.
struct BoxDatasetTests {
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

  private func add(_ name: String, _ text: String) throws { try add(name, Array(text.utf8)) }

  /// An image of 40 × 60 pixels.
  private func image(_ name: String, level: UInt8) throws {
    try add(name, try ImageFolderTests.png(level, height: 40, width: 60))
  }

  /// COCO's file of images with ids 10, 20, … and a box for each entry: image, category, x, y, width, height.
  private func coco(
    _ names: [String], _ boxes: [[Int]], categories: [(Int, String)] = [(3, "cell"), (7, "cat")],
    size: (Int, Int) = (60, 40), extra: String = ""
  ) -> String {
    let images = names.enumerated().map { place, name in
      "{\"id\": \((place + 1) * 10), \"file_name\": \"\(name)\", \"width\": \(size.0), "
        + "\"height\": \(size.1)}"
    }
    let annotations = boxes.enumerated().map { place, box in
      "{\"id\": \(place + 1), \"image_id\": \(box[0]), \"category_id\": \(box[1]), \"bbox\": "
        + "\(Array(box[2...5])), \"area\": \(box[4] * box[5]), \"iscrowd\": \(box.count > 6 ? box[6] : 0)}"
    }
    let kinds = categories.map { "{\"id\": \($0.0), \"name\": \"\($0.1)\"}" }
    return "{\"images\": [\(images.joined(separator: ","))], \"annotations\": "
      + "[\(annotations.joined(separator: ","))\(extra)], \"categories\": "
      + "[\(kinds.joined(separator: ","))]}"
  }

  private func voc(
    _ name: String, _ objects: [(String, [Int])], size: (Int, Int) = (60, 40)
  ) -> String {
    let found = objects.map { object in
      "<object><name>\(object.0)</name><difficult>\(object.1.count > 4 ? 1 : 0)</difficult><bndbox>"
        + "<xmin>\(object.1[0])</xmin><ymin>\(object.1[1])</ymin><xmax>\(object.1[2])</xmax>"
        + "<ymax>\(object.1[3])</ymax></bndbox></object>"
    }
    return "<annotation><filename>\(name)</filename><size><width>\(size.0)</width><height>"
      + "\(size.1)</height></size>\(found.joined())</annotation>"
  }

  private func open(
    _ text: String
  ) async throws -> (
    train: any ExampleSource, test: any ExampleSource
  ) {
    try await DatasetText.open(text, in: cache)
  }

  private func refusal(_ text: String) throws -> String {
    try DatasetText.refusals(text, in: cache).joined(separator: "; ")
      .replacing(folder.path, with: "DATA")
  }

  private func names(_ source: any ExampleSource) -> [String?] {
    (0..<source.count).map { source.name(of: $0) }
  }

  private func writeCoco() throws {
    try image("train2017/b.png", level: 1)
    try image("train2017/a.png", level: 2)
    try image("val2017/a.png", level: 3)
    try add(
      "annotations/instances_train2017.json",
      coco(
        ["b.png", "a.png"],
        [[20, 7, 1, 2, 30, 20], [10, 3, 0, 0, 5, 6], [20, 3, 4, 4, 9, 9, 1]]))
    try add(
      "annotations/instances_val2017.json",
      coco(
        ["a.png"], [[10, 7, 5, 5, 10, 10]],
        categories: [(1, "cat"), (2, "cell")]
          .map { ($0.0 == 1 ? 7 : 3, $0.1) }))
    try add("annotations/captions_train2017.json", "{}")
  }

  @Test func layoutOfCoco() async throws {
    try writeCoco()
    let (train, test) = try await open("coco: {images: \(folder.path), test: val}")
    #expect(names(train) == ["train2017/b.png", "train2017/a.png"])
    #expect((0..<2).map { train.annotationID(of: $0) } == ["10", "20"])
    #expect(names(test) == ["val2017/a.png"])
    #expect(train.isValidation == nil)
    #expect(train.schema.target.kind == .boxes(BoxClasses(["cell", "cat"], ids: [3, 7], most: 2)))
    #expect(train.schema.image == ImageSize(channels: 3, height: 40, width: 60))
    let second = ImageBoxes(train.targets[1])
    #expect(second.width == 60 && second.height == 40)
    #expect(
      second.items == [
        ImageBoxes.Item(label: 1, x: 1, y: 2, width: 30, height: 20),
        ImageBoxes.Item(label: 0, x: 4, y: 4, width: 9, height: 9, traits: .crowd),
      ])
    // Classes of other parts are matched by name.
    #expect(ImageBoxes(test.targets[0]).items.map(\.label) == [1])
    #expect(ExampleSubset(train, rows: [1]).annotationID(of: 0) == "20")
    #expect(try train.images([0]).count == 3 * 40 * 60)
  }

  @Test func layoutOfRoboflow() async throws {
    for (place, part) in ["train", "valid", "test"].enumerated() {
      try image("\(part)/1.png", level: UInt8(10 + place))
      try add("\(part)/_annotations.coco.json", coco(["1.png"], [[10, 3, 1, 1, 8, 8]]))
    }
    try add("README.roboflow.txt", "made by a tool")
    let (train, test) = try await open("coco: \(folder.path)")
    #expect(names(train) == ["train/1.png", "valid/1.png"])
    #expect(train.isValidation == [false, true])
    #expect(names(test) == ["test/1.png"])
    #expect(train.schema.validationCount == 1)
  }

  @Test func oneFileAndOneFolder() async throws {
    let files = (0..<10).map { "\($0).png" }
    for (place, name) in files.enumerated() { try image("photos/\(name)", level: UInt8(place)) }
    try add("boxes.json", coco(files, (1...10).map { [10 * $0, 3, $0, 1, 8, 8] }))
    let text = "coco: {images: \(folder.path)/photos, annotations: \(folder.path)/boxes.json"
    let (train, test) = try await open(text + ", test: 0.3}")
    #expect(train.count == 7 && test.count == 3)
    #expect(Set(names(train) + names(test)) == Set(files))
    // The choice depends on the images alone.
    try add("boxes.json", coco(files.reversed(), (1...10).map { [10 * $0, 3, $0, 1, 8, 8] }))
    let other = try await open(text + ", test: 0.3}")
    #expect(Set(names(other.test)) == Set(names(test)))
    let chosen = try await open(text + ", classes: [cat, cell]}")
    #expect(
      chosen.train.schema.target.kind == .boxes(BoxClasses(["cat", "cell"], ids: [7, 3], most: 1)))
    #expect(ImageBoxes(chosen.train.targets[0]).items.map(\.label) == [1])
  }

  @Test func classesMayBeChosen() async throws {
    try writeCoco()
    try add("names.txt", "cat\n\n")
    let (train, test) = try await open(
      "coco: {images: \(folder.path), test: val, classes: \(folder.path)/names.txt}")
    #expect(train.schema.target.kind == .boxes(BoxClasses(["cat"], ids: [7], most: 1)))
    #expect(ImageBoxes(train.targets[0]).items.isEmpty)
    #expect(
      train.notes == [
        "2 boxes are left out because 'classes' does not name their classes"
      ])
    let all = try await open("coco: {images: \(folder.path), test: val}")
    #expect(all.train.fingerprint != train.fingerprint)
    #expect(all.test.fingerprint != test.fingerprint)
  }

  @Test func everythingThatDecidesIsInTheFingerprint() async throws {
    try writeCoco()
    let text = "coco: {images: \(folder.path), test: val}"
    let first = try await open(text)
    try add(
      "annotations/instances_val2017.json", coco(["a.png"], [[10, 7, 5, 5, 10, 11]]))
    let second = try await DatasetText.open(text, in: TemporaryFolder())
    #expect(first.train.fingerprint == second.train.fingerprint)
    #expect(first.test.fingerprint != second.test.fingerprint)
    try image("val2017/a.png", level: 9)
    let third = try await DatasetText.open(text, in: TemporaryFolder())
    #expect(third.test.fingerprint != second.test.fingerprint)
    #expect(throws: DataError.self) { try second.test.images([0]) }
  }

  private func writeVOC(_ root: String = "VOCdevkit/VOC2007/") throws {
    for (place, name) in ["1", "2", "3", "4"].enumerated() {
      try image("\(root)JPEGImages/\(name).png", level: UInt8(place + 1))
      try add(
        "\(root)Annotations/\(name).xml",
        voc("\(name).jpg", [("dog", [1, 1, 10, 20]), ("ape", [5, 5, 60, 40, 1])]))
    }
    try add("\(root)ImageSets/Main/train.txt", "2\n1\n")
    try add("\(root)ImageSets/Main/val.txt", "3\n")
  }

  @Test func listsOfVOC() async throws {
    try writeVOC()
    let (train, test) = try await open("voc: {folder: \(folder.path), test: val}")
    #expect(
      names(train) == [1, 2].map { "VOCdevkit/VOC2007/JPEGImages/\($0).png" })
    #expect((0..<2).map { train.annotationID(of: $0) } == ["1", "2"])
    #expect(test.annotationID(of: 0) == "3" && test.count == 1)
    #expect(train.schema.target.kind == .boxes(BoxClasses(["ape", "dog"], ids: [], most: 2)))
    #expect(
      ImageBoxes(train.targets[0]).items == [
        ImageBoxes.Item(label: 1, x: 0, y: 0, width: 10, height: 20),
        ImageBoxes.Item(label: 0, x: 4, y: 4, width: 56, height: 36, traits: .difficult),
      ])
    let dataset = try DatasetText.make("voc: {folder: \(folder.path), test: val}", in: cache)
    #expect(try dataset.omissions().skipped.map(\.path) == ["VOCdevkit/VOC2007/JPEGImages/4.png"])
    try add("VOCdevkit/VOC2007/ImageSets/Main/test.txt", "4\n")
    let given = try await open("voc: \(folder.path)/VOCdevkit")
    #expect(given.train.isValidation == [false, false, true])
    #expect(given.test.annotationID(of: 0) == "4")
  }

  @Test func withoutListsVOCIsTraining() async throws {
    try writeVOC("")
    try FileManager.default.removeItem(atPath: folder.path + "/ImageSets")
    let (train, test) = try await open("voc: {folder: \(folder.path), test: 0.25}")
    #expect(train.count == 3 && test.count == 1)
  }

  @Test func mistakesInCoco() throws {
    try writeCoco()
    let text = "coco: {images: \(folder.path), test: val"
    #expect(
      try refusal(text + ", classes: [cell, cta]}")
        == "[cell, cta]: no category is called 'cta' (did you mean 'cat'?)")
    #expect(
      try refusal(text + ", classes: [cell, cell]}") == "[cell, cell]: 'cell' is listed twice")
    #expect(
      try refusal("coco: {images: \(folder.path), validation_annotations: x.json}")
        .hasPrefix("x.json: 'validation_annotations' needs 'annotations'"))
    func val(_ content: String) throws -> String {
      try add("annotations/instances_val2017.json", content)
      return try DatasetText.refusals(text + "}", in: TemporaryFolder()).joined()
        .replacing(folder.path, with: "DATA")
    }
    #expect(
      try val(coco(["c.png"], [])) == "DATA: DATA/c.png: is listed in "
        + "DATA/annotations/instances_val2017.json, but there is no such image; on_error: skip leaves "
        + "such out")
    #expect(
      try val(coco(["a.png"], [], size: (40, 60)))
        == "DATA: DATA/val2017/a.png: is 60 pixels wide and 40 high, but its annotations say 40 and "
        + "60; images are used upright, as their EXIF data say; on_error: skip leaves such out")
    #expect(try val("[1, 2]").contains("instances_val2017.json: "))
    #expect(
      try val(coco(["a.png"], [[10, 9, 1, 1, 5, 5]], categories: [(9, "owl")]))
        == "DATA: DATA/annotations/instances_val2017.json: has boxes of the category 'owl', which the "
        + "training annotations do not list")
    #expect(
      try val(coco(["a.png"], [[10, 8, 1, 1, 5, 5], [90, 7, 1, 1, 5, 5]]))
        == "DATA: DATA/annotations/instances_val2017.json: 1 annotation of an image that is not listed "
        + "(annotations[1]) (and 1 more); on_error: skip leaves such out")
    #expect(try val(coco(["a.png"], [[10, 7, 1, 1, 5, 5]])) == "")
    try add("annotations/instances_train2017.json", coco(["b.png"], []))
    #expect(
      try DatasetText.refusals(text + "}", in: TemporaryFolder()).joined()
        .contains("has no boxes in its training images"))
    #expect(
      try refusal("coco: {images: \(folder.path), annotations: \(folder.path)/none.json}")
        .contains("none.json: "))
    #expect(try refusal("coco: \(folder.path)/train2017").contains("holds no .json file"))
    try add("other/instances_train.json", coco(["b.png"], []))
    #expect(
      try refusal("coco: \(folder.path)").contains("it is not clear which of its files annotate"))
  }

  @Test func whatCannotBeUsedIsSkippedIfAsked() async throws {
    try writeCoco()
    try add(
      "annotations/instances_train2017.json",
      coco(["b.png", "a.png", "lost.png"], [[20, 7, 1, 2, 30, 20], [10, 3, 0, 0, 5, 6]]))
    let text = "coco: {images: \(folder.path), test: val, on_error: skip}"
    let (train, _) = try await open(text)
    #expect(train.count == 2)
    let dataset = try DatasetText.make(text, in: cache)
    #expect(try dataset.omissions().broken.map(\.path) == ["lost.png"])
  }

  @Test func mistakesInVOC() throws {
    try writeVOC("")
    let text = "voc: {folder: \(folder.path), test: val}"
    func refused(_ name: String, _ content: String) throws -> String {
      try add(name, content)
      return try DatasetText.refusals(text, in: TemporaryFolder()).joined()
        .replacing(folder.path, with: "DATA")
    }
    #expect(
      try refused("ImageSets/Main/val.txt", "3\n2\n")
        == "DATA: DATA/ImageSets/Main/val.txt: lists '2', which train.txt lists too")
    #expect(
      try refused("ImageSets/Main/val.txt", "9\n")
        == "DATA: DATA/ImageSets/Main/val.txt: it lists '9', which has no file in Annotations")
    #expect(try refused("ImageSets/Main/val.txt", "3\n") == "")
    #expect(
      try refused("Annotations/1.xml", voc("1", [("dog", [1, 1, 5, 5])], size: (61, 40)))
        .contains("1.png: is 60 pixels wide and 40 high, but its annotations say 61 and 40"))
    #expect(try refusal("voc: \(folder.path)/JPEGImages").contains("it has no folder Annotations"))
    #expect(try refusal("voc: \(folder.path)/none").contains("there is no such folder"))
  }

  /// BCCD, three classes of blood cells, where the machine has it.
  @Test(.enabled(if: Self.bccd != nil, "needs bccd.zip in $RUNNER_DATA"))
  func bloodCells() async throws {
    let path = try #require(Self.bccd)
    let (train, test) = try await open("voc: \(path)")
    #expect(train.count + test.count == 364)
    #expect(train.isValidation?.count { $0 } == train.schema.validationCount)
    guard case .boxes(let classes) = train.schema.target.kind else {
      Issue.record("no boxes")
      return
    }
    #expect(classes.names == ["Platelets", "RBC", "WBC"])
    #expect(train.name(of: 0)?.hasPrefix("BCCD/JPEGImages/BloodImage_") == true)
    let items =
      (0..<train.count).flatMap { ImageBoxes(train.targets[$0]).items }
      + (0..<test.count).flatMap { ImageBoxes(test.targets[$0]).items }
    let counts = (0..<3).map { label in items.count { $0.label == label } }
    #expect(counts == Self.counts)
    #expect(try test.images([0]).count == 3 * 480 * 640)
  }

  private static let counts = [361, 4155, 372]

  private static let bccd: String? = {
    guard let folder = ProcessInfo.processInfo.environment["RUNNER_DATA"] else { return nil }
    let path = folder + "/bccd.zip"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()
}
