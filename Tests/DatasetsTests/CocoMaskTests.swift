import DataSchema
import Testing

@testable import Datasets

/// Masks that are drawn from COCO's outlines: classes, overlaps, crowds, pixel counts, and errors.
struct CocoMaskTests {
  private let folder: TemporaryFolder
  private let cache: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    cache = try TemporaryFolder()
  }

  private static let crowd = #"{"counts": [0, 8, 16], "size": [4, 6]}"#
  private static let cell = "[[2, 0, 5, 0, 5, 4, 2, 4]]"
  private static let cat = "[[1, 1, 3, 1, 3, 3, 1, 3]]"

  /// Two images of 4 × 6 pixels for training and one for validation, with these objects in the first: category,
  /// outline, whether it is a crowd.
  private func write(
    _ objects: [(Int, String, Int)], categories: [(Int, String)] = [(7, "cat"), (3, "cell")]
  ) throws {
    for (number, name) in ["train/1.png", "train/2.png", "val/3.png"].enumerated() {
      try folder.write(
        try ImageFolderTests.png(UInt8(number + 1), height: 4, width: 6), name)
    }
    let kinds = categories.map { "{\"id\": \($0.0), \"name\": \"\($0.1)\"}" }
      .joined(separator: ",")
    func document(_ names: [String], _ objects: [(Int, String, Int)]) -> String {
      let images = names.enumerated().map { place, name in
        "{\"id\": \(place + 1), \"file_name\": \"\(name)\", \"width\": 6, \"height\": 4}"
      }
      let annotations = objects.enumerated().map { place, object in
        "{\"id\": \(place + 1), \"image_id\": 1, \"category_id\": \(object.0), \"segmentation\": "
          + "\(object.1), \"area\": 1, \"iscrowd\": \(object.2)}"
      }
      return "{\"images\": [\(images.joined(separator: ","))], \"annotations\": "
        + "[\(annotations.joined(separator: ","))], \"categories\": [\(kinds)]}"
    }
    try folder.write(Array(document(["1.png", "2.png"], objects).utf8), "instances_train.json")
    try folder.write(
      Array(document(["3.png"], [(7, Self.cat, 0)]).utf8), "instances_val.json")
  }

  private var text: String { "coco: {images: \(folder.path), masks: true, test: val" }

  private func open(
    _ more: String = "", in cache: TemporaryFolder? = nil
  ) async throws -> (train: any ExampleSource, test: any ExampleSource) {
    try await DatasetText.open(text + more + "}", in: cache ?? self.cache)
  }

  private func refusal(_ more: String = "") throws -> String {
    try DatasetText.refusals(text + more + "}", in: TemporaryFolder()).joined(separator: "; ")
      .replacing(folder.path, with: "DATA")
  }

  private static let objects = [(7, crowd, 1), (3, cell, 0), (7, cat, 0)]

  @Test func laterObjectsLieOnEarlierOnesAndAllOnCrowds() async throws {
    try write(Self.objects)
    let expected: [UInt8] = [
      255, 255, 1, 1, 1, 0,
      255, 2, 2, 1, 1, 0,
      255, 2, 2, 1, 1, 0,
      255, 255, 1, 1, 1, 0,
    ]
    let (train, test) = try await open()
    #expect(train.schema.target.kind == .mask(["background", "cell", "cat"], ignore: 255))
    let (images, masks) = try train.picturesAndMasks([1, 0])
    #expect(images.sizes == Array(repeating: ImageSize(channels: 3, height: 4, width: 6), count: 2))
    #expect(masks?.bytes == [UInt8](repeating: 0, count: 24) + expected)
    #expect(train.targets.width == 4)
    #expect(Array(train.targets[0]) == [4, 10, 4, 6] && Array(train.targets[1]) == [24, 0, 0, 0])
    #expect(Array(test.targets[0]) == [20, 0, 4, 0])
    #expect(train.name(of: 0) == "train/1.png" && train.annotationID(of: 0) == "1")
    // Counts from the cache, and without one.
    for cache in [cache, try TemporaryFolder()] {
      let again = try await open(in: cache)
      #expect(again.train.targets == train.targets)
      #expect(again.train.fingerprint == train.fingerprint)
    }
    // Wherever the crowd is in the file.
    try write([Self.objects[1], Self.objects[2], Self.objects[0]])
    let last = try await open()
    #expect(try last.train.picturesAndMasks([0]).masks?.bytes == expected)
    try write([Self.objects[2], Self.objects[1], Self.objects[0]])
    let turned = try await open()
    #expect(Array(turned.train.targets[0]) == [4, 12, 2, 6])
    #expect(turned.train.fingerprint != train.fingerprint)
  }

  @Test func classesMayBeChosen() async throws {
    try write(Self.objects)
    func names(_ source: any ExampleSource) -> [String] {
      if case .mask(let names, _) = source.schema.target.kind { names } else { [] }
    }
    let cells = try await open(", classes: [cell]").train
    #expect(names(cells) == ["background", "cell"])
    #expect(Array(cells.targets[0]) == [12, 12, 0])
    #expect(
      cells.notes == ["3 objects are left out because 'classes' does not name their classes"])
    let ordered = try await open(", classes: [cat, cell, background]").train
    #expect(names(ordered) == ["cat", "cell", "background"])
    #expect(Array(ordered.targets[0]) == [4, 10, 4, 6])
    #expect(try refusal(", classes: [dog]").hasPrefix("[dog]: no category is called 'dog'"))
    // A category of that name is the background.
    try write(Self.objects, categories: [(3, "cell"), (7, "background")])
    let own = try await open(in: TemporaryFolder()).train
    #expect(names(own) == ["background", "cell"])
    #expect(Array(own.targets[0]) == [8, 10, 6])
  }

  @Test func everythingThatDecidesIsInTheFingerprint() async throws {
    try write(Self.objects)
    var seen = [try await open().train.fingerprint]
    seen.append(try await open(", color: grey").train.fingerprint)
    for objects in [
      [(7, Self.crowd, 0), (3, Self.cell, 0), (7, Self.cat, 0)],
      [(7, Self.crowd, 1), (7, Self.cell, 0), (7, Self.cat, 0)],
      [(7, Self.crowd, 1), (3, Self.cell, 0)],
      [(7, Self.crowd, 1), (3, Self.cell, 0), (7, "[[1, 1, 3, 1, 3, 3, 1, 2.5]]", 0)],
      [(7, #"{"counts": [0, 7, 17], "size": [4, 6]}"#, 1), (3, Self.cell, 0), (7, Self.cat, 0)],
    ] {
      try write(objects)
      seen.append(try await open(in: TemporaryFolder()).train.fingerprint)
    }
    #expect(Set(seen).count == seen.count)
  }

  @Test func mistakes() async throws {
    try write([(7, Self.cat, 0), (3, #"{"counts": [0, 24], "size": [6, 4]}"#, 0)])
    #expect(
      try refusal()
        == "DATA: DATA/instances_train.json: the size of annotations[1].segmentation is [6, 4], not "
        + "that of its image, [4, 6]: train/1.png; on_error: skip leaves such out")
    // Without that image, none has objects.
    #expect(
      try refusal(", on_error: skip") == "DATA: DATA: has no objects in its training images")
    try write([(7, "[[1, 2, 3]]", 0)])
    #expect(
      try refusal().hasPrefix(
        "DATA: DATA/instances_train.json: annotations[0].segmentation[0]: a polygon has x and y"))
    try write([])
    #expect(try refusal().contains("has no objects in its training images"))
    let many = [(3, "cell"), (7, "cat")] + (10..<263).map { ($0, "c\($0)") }
    try write(Self.objects, categories: many)
    #expect(try refusal().contains("has 256 classes, but masks have at most 255"))
  }
}
