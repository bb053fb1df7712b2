import BoxAnnotations
import DataSchema
import Foundation
import TestSupport
import Testing

/// Outlines of objects, against pycocotools (`Tests/Fixtures/outlines/make.py`).
@Suite struct OutlineTests {
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/outlines")

  /// The lengths of runs outside and inside, in turn, down the columns.
  private func runs(_ mask: [UInt8], _ image: AnnotatedImage) -> [Int] {
    var (counts, last) = ([0], UInt8(0))
    for column in 0..<image.width {
      for row in 0..<image.height {
        let value = mask[row * image.width + column]
        if value != last { counts.append(0) }
        last = value
        counts[counts.count - 1] += 1
      }
    }
    return counts
  }

  @Test func pixelsAreThoseOfPycocotools() throws {
    let path = Self.fixtures.appending(path: "instances.json").path(percentEncoded: false)
    let read = try BoxAnnotations.read(path, outlines: true)
    let expected = try JSONDecoder().decode(
      [[Int]].self, from: Data(contentsOf: Self.fixtures.appending(path: "masks.json")))
    #expect(expected.count == 300 && expected.count(where: { $0.count > 1 }) > 250)
    try #require(read.outlines.count == expected.count && read.boxes.count == expected.count)
    for (number, outline) in read.outlines.enumerated() {
      #expect(outline.annotation == number)
      let image = read.images[read.boxes[number].image]
      var mask = [UInt8](repeating: 0, count: image.height * image.width)
      outline.shape.paint(1, on: &mask, height: image.height, width: image.width)
      #expect(runs(mask, image) == expected[number], "case \(number)")
    }
    // Boxes need theirs, which these annotations lack.
    #expect(throws: DataError.self) { try BoxAnnotations.read(path) }
  }

  private func outlines(_ segmentation: String) throws -> [ObjectOutline.Shape] {
    let text = """
      {"images": [{"id": 1, "width": 3, "height": 2}], "categories": [{"id": 1, "name": "x"}],
       "annotations": [{"id": 1, "image_id": 1, "category_id": 1\(segmentation)}]}
      """
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(text.utf8), "instances.json")
    return try BoxAnnotations.read(path, outlines: true).outlines.map(\.shape)
  }

  @Test func outlinesAreRead() throws {
    #expect(
      try outlines(#", "segmentation": [[0, 1.5, -2, 1e1], []]"#)
        == [.polygons([[0, 1.5, -2, 10], []])])
    #expect(
      try outlines(#", "segmentation": {"size": [2, 3], "counts": [1, 2.0, 3]}"#)
        == [.runs([1, 2, 3], height: 2, width: 3)])
    #expect(
      try outlines(#", "segmentation": {"counts": "123", "size": [2, 3]}"#)
        == [.runs([1, 2, 3], height: 2, width: 3)])
    // Fewer than three points have no area.
    var mask = [UInt8](repeating: 0, count: 6)
    ObjectOutline.Shape.polygons([[0, 0, 3, 2], [1, 1], []])
      .paint(1, on: &mask, height: 2, width: 3)
    #expect(mask == [0, 0, 0, 0, 0, 0])
    #expect(!ObjectOutline.Shape.runs([6], height: 3, width: 2).fits(height: 2, width: 3))
  }

  /// What stands in the annotation, and the error that results.
  @Test(arguments: [
    ("", ": the annotation has no 'segmentation', so its object has no pixels"),
    (
      #", "segmentation": []"#, ".segmentation: the object has no polygons, so it has no pixels"
    ),
    (
      #", "segmentation": [[0, 0, 1, 1, 2]]"#,
      ".segmentation[0]: a polygon has x and y of each point, but these are 5 numbers"
    ),
    (#", "segmentation": [0, 0]"#, ".segmentation[0]: expected an array"),
    (
      #", "segmentation": [[0, 0, 1e7, 1, 2, 2]]"#,
      ".segmentation[0][2]: the coordinate 10000000.0 is not one of a pixel"
    ),
    (
      #", "segmentation": [[0, NaN]]"#,
      ".segmentation[0][1]: the coordinate nan is not one of a pixel"
    ),
    (
      #", "segmentation": null"#,
      ".segmentation: expected polygons, [[x, y, …]], or runs, {counts, size}"
    ),
    (
      #", "segmentation": {"counts": [1, 2], "size": [2, 3]}"#,
      ".segmentation: the runs sum to 3 pixels, but 2 × 3 are 6"
    ),
    (#", "segmentation": {"counts": [6]}"#, ".segmentation: the runs have no 'size'"),
    (#", "segmentation": {"size": [2, 3]}"#, ".segmentation: the runs have no 'counts'"),
    (
      #", "segmentation": {"counts": [6], "size": [6]}"#,
      ".segmentation.size: expected [height, width]"
    ),
    (
      #", "segmentation": {"counts": [7, -1], "size": [2, 3]}"#,
      ".segmentation.counts[1]: expected a number of pixels"
    ),
    (
      #", "segmentation": {"counts": "1P", "size": [2, 3]}"#,
      ".segmentation.counts: the text is not one of pycocotools' runs"
    ),
    (
      #", "segmentation": {"counts": "PPPPPPPPP", "size": [2, 3]}"#,
      ".segmentation.counts: the text is not one of pycocotools' runs"
    ),
  ])
  func errorsAreLocated(annotation: String, message: String) throws {
    let error = try #require(throws: DataError.self) { try outlines(annotation) }
    #expect(error.reason.hasPrefix("annotations[0]\(message) (line 2, "), "\(error.reason)")
  }
}
