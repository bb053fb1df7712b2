import BoxAnnotations
import DataSchema
import TestSupport
import Testing

/// COCO's files of annotations and of detections.
@Suite struct CocoFileTests {
  private static let instances = """
    {"info": {"year": 2026}, "licenses": [],
     "images": [
      {"id": 7, "file_name": "b.jpg", "width": 640, "height": 480, "coco_url": "\\u00e9\\ud83d\\ude00"},
      {"id": 3, "file_name": "a.jpg", "width": 100, "height": 50}],
     "annotations": [
      {"id": 1, "image_id": 7, "category_id": 18, "bbox": [1.5, 2, 30.25, 4e1], "area": 702.1057000000001,
       "iscrowd": 0, "segmentation": [[1.0, 2.0, -3.5e-1]]},
      {"id": 2, "image_id": 3, "category_id": 2, "bbox": [0, 0, 10, 10], "area": 50, "iscrowd": 1,
       "segmentation": {"counts": [1, 2], "size": [50, 100]}},
      {"id": 2, "image_id": 3, "category_id": 2, "bbox": [95, 0, 10, 0], "area": 0},
      {"id": 4, "image_id": 8, "category_id": 2, "bbox": [0, 0, 1, 1], "area": 1},
      {"id": 5, "image_id": 7, "category_id": 1, "bbox": [0, 0, 1, 1], "area": 1},
      {"id": 6, "image_id": 7, "category_id": 2, "bbox": [0, NaN, 1, 1], "area": 1},
      {"id": 7, "image_id": 7, "category_id": 2, "bbox": [0, 0, 6, 5]}],
     "categories": [{"id": 18, "name": "dog"}, {"id": 2, "name": "bicycle"}, {"id": 2, "name": "again"}]}
    """

  private func read(_ text: String) throws -> BoxAnnotations {
    let folder = try TemporaryFolder()
    return try BoxAnnotations.read(try folder.write(Array(text.utf8), "instances.json"))
  }

  @Test func annotationsAreRead() throws {
    let read = try read(Self.instances)
    #expect(read.images.map(\.file) == ["a.jpg", "b.jpg"])
    #expect(read.categories.map(\.name) == ["bicycle", "dog"])
    #expect(
      read.boxes == [
        AnnotatedBox(
          image: 1, category: 1, box: Box(x: 1.5, y: 2, width: 30.25, height: 40),
          area: 702.1057000000001),
        AnnotatedBox(
          image: 0, category: 0, box: Box(x: 0, y: 0, width: 10, height: 10), area: 50,
          isCrowd: true),
        AnnotatedBox(
          image: 0, category: 0, box: Box(x: 95, y: 0, width: 10, height: 0), area: 0),
        AnnotatedBox(image: 1, category: 0, box: Box(x: 0, y: 0, width: 6, height: 5), area: 30),
      ])
    #expect(
      read.findings.entries.map { "\($0.kind.rawValue) \($0.count) \($0.places)" } == [
        #"not_finite 1 ["annotations[5]"]"#, #"unknown_image 1 ["annotations[3]"]"#,
        #"unknown_category 1 ["annotations[4]"]"#,
        #"duplicate_id 2 ["annotations[2]", "categories[2]"]"#,
        #"missing_area 1 ["annotations[6]"]"#, #"empty_box 1 ["annotations[2]"]"#,
        #"outside_image 1 ["annotations[2]"]"#,
      ])
  }

  @Test func sectionsMayBeInAnyOrder() throws {
    let other = """
      {"categories": [{"id": 1, "name": "x"}], "annotations": [{"category_id": 1, "image_id": "p",
      "bbox": [0, 0, 2, 2], "area": 4}], "images": [{"id": "p"}]}
      """
    let read = try read(other)
    #expect(read.boxes.count == 1 && read.images[0].id == .text("p"))
  }

  /// A text in the file, its replacement, and the error message that results.
  @Test(arguments: [
    (
      #""bbox": [0, 0, 6, 5]"#, #""bbox": [0, 0, 6]"#,
      "annotations[6].bbox: expected 4 numbers, found 3"
    ),
    ("[1.5, 2,", #"[1.5, "2","#, "annotations[0].bbox[1]: expected a number"),
    ("[1.5, 2,", #"[01.5, 2,"#, "annotations[0].bbox[0]: expected a number"),
    ("\"iscrowd\": 1", "\"iscrowd\": 2", "annotations[1].iscrowd: expected 0 or 1"),
    ("\"image_id\": 8, ", "", "annotations[3]: the annotation has no 'image_id'"),
    ("\"id\": 18", "\"id\": 1.5", "categories[0].id: expected an integer"),
    ("\"id\": 3", "\"id\": null", "images[1].id: expected an integer"),
    ("\"width\": 100", "\"width\": -1", "images[1].width: expected a number of pixels"),
    (
      "\"images\"", "\"pictures\"", "the file has no 'images', so it is not one of COCO's instances"
    ),
    ("\"licenses\": []", "\"images\": []", "images: the file has 'images' twice"),
    ("\"licenses\": []", "\"licenses\": [}", "licenses: expected a value"),
    ("\\ude00", "", "images[0].coco_url: the text has half a surrogate pair"),
  ])
  func errorsAreLocated(old: String, new: String, message: String) throws {
    let text = Self.instances.replacing(old, with: new, maxReplacements: 1)
    #expect(text != Self.instances)
    let error = try #require(throws: DataError.self) { try read(text) }
    #expect(error.reason.hasPrefix(message + " (line "), "\(error.reason)")
    let line = Self.instances.split(separator: "\n").firstIndex { $0.contains(old) } ?? -2
    if message.hasPrefix("annotations") || message.hasPrefix("categories") {
      #expect(error.reason.contains("(line \(line + 1), "), "\(error.reason)")
    }
  }

  @Test func whatIsNoJSONIsRefused() throws {
    for text in ["", "[", "{\"images\": [", "null", Self.instances + "x", "\u{FEFF}{}", "\0"] {
      #expect(throws: DataError.self, "\(text)") { try read(text) }
    }
    let deep = "{\"a\": " + String(repeating: "[", count: 100_000)
    let error = try #require(throws: DataError.self) { try read(deep) }
    #expect(error.reason.contains("nested too deeply"))
  }

  /// Pieces of the file end in the middle of anything.
  @Test func filesLargerThanTheBufferAreRead() throws {
    let annotations = (0..<20_000).map { number in
      """
      {"id": \(number), "image_id": 1, "category_id": 1, "bbox": [\(number).25, 0.\(number), 1, 2], "area": 2, \
      "note": "\(String(repeating: "ä\\n", count: number % 40))"}
      """
    }
    let text =
      #"{"images": [{"id": 1}], "categories": [{"id": 1, "name": "x"}], "annotations": ["#
      + annotations.joined(separator: ",") + "]}"
    #expect(text.utf8.count > 3 << 20)
    let read = try read(text)
    #expect(read.boxes.count == 20_000)
    for (number, box) in read.boxes.enumerated() {
      guard box.box.x == Double(number) + 0.25, box.box.y == Double("0.\(number)") else {
        Issue.record("box \(number): \(box.box)")
        break
      }
    }
  }

  // MARK: Detections

  private func detections(_ text: String) throws -> Detections {
    let folder = try TemporaryFolder()
    return try Detections.read(
      try folder.write(Array(text.utf8), "found.json"), for: read(Self.instances))
  }

  @Test func detectionsAreRead() throws {
    let found = try detections(
      """
      [{"image_id": 3, "category_id": 18, "bbox": [1, 2, 3, 4], "score": 0.1234567890123456789},
       {"image_id": 4, "category_id": 18, "bbox": [1, 2, 3, 4], "score": 1},
       {"image_id": 3, "category_id": 3, "bbox": [1, 2, 3, 4], "score": 1},
       {"score": NaN, "image_id": 3, "category_id": 2, "bbox": [1, 2, 3, 4]},
       {"score": -1e-5, "image_id": 7, "category_id": 2, "bbox": [1, 2, 3, -4], "id": {"a": [1]}}]
      """)
    #expect(
      found.boxes == [
        DetectedBox(
          image: 0, category: 1, box: Box(x: 1, y: 2, width: 3, height: 4),
          score: 0.1234567890123456789),
        DetectedBox(
          image: 1, category: 0, box: Box(x: 1, y: 2, width: 3, height: -4), score: -1e-5),
      ])
    #expect(
      found.findings.entries.map { "\($0.kind.rawValue) \($0.places)" } == [
        #"not_finite ["[3]"]"#, #"unknown_image ["[1], image_id 4"]"#,
        #"unknown_category ["[2], category_id 3"]"#, #"empty_box ["[4]"]"#,
      ])
  }

  @Test func wrongDetectionsAreRefused() throws {
    for (text, message) in [
      ("{}", "expected an array of detections"),
      ("[1]", "[0]: expected an object (line 1, column 2)"),
      (
        #"[{"image_id": 3, "category_id": 2, "bbox": [1, 2, 3, 4]}]"#,
        "[0]: the detection has no 'score'"
      ),
      (
        #"[{"image_id": 3, "category_id": 2, "segmentation": {}, "score": 1}]"#,
        "[0]: the detection has no 'bbox'"
      ),
      (#"[{"image_id": 3, "score": "0.5"}]"#, "[0].score: expected a number"),
    ] {
      let error = try #require(throws: DataError.self) { try detections(text) }
      #expect(error.reason.hasPrefix(message), "\(error.reason)")
    }
    #expect(try detections("[]").boxes == [])
  }
}
