import DataSchema
import Testing

@testable import DataAnalysis

/// The findings about boxes in data with known faults.
@Suite struct BoxFindingsTests {
  private func findings() -> DataFindings {
    let size = ImageSize(channels: 1, height: 200, width: 300)
    func item(
      _ label: Int, _ edges: [Float], _ traits: ImageBoxes.Traits = [], area: Float? = nil
    ) -> ImageBoxes.Item {
      ImageBoxes.Item(
        label: label, x: edges[0], y: edges[1], width: edges[2], height: edges[3], area: area,
        traits: traits)
    }
    let rows = [
      [
        item(0, [1, 2, 30, 30]), item(0, [1, 2, 30, 30]), item(1, [0, 0, 100, 100], .crowd),
      ], [],
      [
        item(0, [-5, 0, 20, 20], .truncated), item(0, [10, 10, 0.5, 9]),
        item(1, [0, 0, 50, 50], [.difficult], area: 1000),
      ],
    ].map { ImageBoxes(width: size.width, height: size.height, $0) }
    let source = ImagesInMemory(
      pixels: (0..<(3 * size.count)).map { UInt8(truncatingIfNeeded: $0 &* $0 / 7) }, size: size,
      target: DataField(
        "boxes", .boxes(BoxClasses(["cat", "dog", "owl"], ids: [1, 2, 3], most: 3))),
      targets: Targets(rows.flatMap { $0.row(3) }, width: ImageBoxes.rowWidth(3)))
    return DataFindings.analyse([DataPart("train", source)])
  }

  @Test func countsAreThoseOfTheBoxes() throws {
    let boxes = try #require(findings().parts[0].boxes)
    #expect(boxes.count == 6 && boxes.classes.map(\.count) == [4, 2, 0])
    #expect(boxes.images.map(\.count) == [2, 2, 0])
    #expect(boxes.sizes.map(\.count) == [5, 0, 1])
    #expect(boxes.fewest == 0 && boxes.most == 3 && boxes.mean == 2 && boxes.imagesWithout == 1)
    #expect([boxes.crowd, boxes.difficult, boxes.truncated] == [1, 1, 1])
    #expect([boxes.outside, boxes.empty, boxes.repeated] == [1, 1, 1])
    #expect(
      boxes.problems.shown == [
        FileProblem(path: "train 0", reason: "box 2 (cat) repeats an earlier one"),
        FileProblem(path: "train 2", reason: "box 1 (cat) reaches beyond the image"),
        FileProblem(path: "train 2", reason: "box 2 (cat) is less than a pixel wide or high"),
      ])
  }

  @Test func linesAndWarnings() {
    let findings = findings()
    let text = DataText.lines(findings).joined(separator: "\n")
    #expect(text.contains("  boxes of each class\n  cat  4    66.7%"))
    #expect(text.contains("boxes in an image: 0 to 3, mean 2; 1 image without boxes"))
    #expect(
      text.contains(
        "  boxes: 1 around crowds, 1 difficult, 1 truncated, 1 reaching beyond the image,\n"
          + "  1 less than a pixel wide or high, 1 repeated\n"))
    #expect(text.contains("train 2: box 1 (cat) reaches beyond the image"))
    let codes = findings.warnings.map(\.code)
    #expect(codes.contains("missing_classes") && codes.contains("few_examples"))
    #expect(
      findings.warnings.contains {
        $0.title
          == "Boxes in 'train' that may be mistakes: 1 beyond the image, 1 without area, 1 twice in "
          + "an image"
      })
    #expect(ExamplePlace(part(), 0).label == "2 cat, 1 dog")
  }

  private func part() -> DataPart {
    let row = ImageBoxes(
      width: 1, height: 1,
      [0, 1, 0].map { ImageBoxes.Item(label: $0, x: 0, y: 0, width: 1, height: 1) })
    return DataPart(
      "train",
      ImagesInMemory(
        pixels: [0], size: ImageSize(channels: 1, height: 1, width: 1),
        target: DataField("boxes", .boxes(BoxClasses(["cat", "dog"], ids: [1, 2], most: 3))),
        targets: Targets(row.row(3), width: ImageBoxes.rowWidth(3))))
  }
}
