import DataSchema
import Datasets
import Testing

struct LabelledImagesTests {
  private func make(
    images: IDXArray, labels: IDXArray, classes: Int? = 3
  ) throws(DataError) -> LabelledImages {
    let numbers = IDXNumbers(shape: labels.shape, values: labels.bytes.map { Float($0) })
    let kind = classes.map { FieldKind.category((0..<$0).map(String.init)) }
    return try LabelledImages(
      images: images, imagesPath: "images",
      targets: TargetFile.targets(numbers, of: kind, path: "labels"), targetsPath: "labels")
  }

  private let four = IDXArray(shape: [4, 1, 2], bytes: [0, 1, 2, 3, 4, 5, 6, 7])
  private let labels = IDXArray(shape: [4], bytes: [0, 2, 1, 2])

  @Test func greyAndColour() throws {
    let grey = try make(images: four, labels: labels)
    #expect([grey.count, grey.channels, grey.height, grey.width] == [4, 1, 1, 2])
    #expect(grey.pixels == four.bytes)
    #expect(grey.targets.classNumbers == [0, 2, 1, 2])
    let colour = try make(
      images: IDXArray(shape: [2, 3, 1, 2], bytes: (0..<12).map { UInt8($0) }),
      labels: IDXArray(shape: [2], bytes: [0, 1]))
    #expect([colour.count, colour.channels, colour.height, colour.width] == [2, 3, 1, 2])
  }

  @Test func prefix() throws {
    let all = try make(images: four, labels: labels)
    let two = all.prefix(2)
    #expect(two.count == 2)
    #expect(two.pixels == [0, 1, 2, 3])
    #expect(two.targets.classNumbers == [0, 2])
    #expect(all.prefix(4) == all)
    #expect(all.prefix(100) == all)
    #expect(all.prefix(0).pixels.isEmpty)
  }

  @Test func countsMustAgree() {
    #expect(throws: DataError(path: "labels", reason: "holds 3 labels for the 4 images of images"))
    { try make(images: four, labels: IDXArray(shape: [3], bytes: [0, 1, 2])) }
  }

  @Test func labelsMustBeClasses() throws {
    let wrong = IDXArray(shape: [4], bytes: [0, 2, 3, 9])
    #expect(
      throws: DataError(
        path: "labels",
        reason: "example 2 has the label 3, not one of the 3 classes 0 to 2")
    ) { try make(images: four, labels: wrong) }
    #expect(try make(images: four, labels: wrong, classes: nil).targets.count == 4)
  }

  @Test func shapesMustFit() {
    #expect(throws: DataError(path: "images", reason: "holds no images")) {
      try make(
        images: IDXArray(shape: [0, 28, 28], bytes: []), labels: IDXArray(shape: [0], bytes: []))
    }
    #expect(
      throws: DataError(
        path: "images",
        reason: "has 1 dimensions, images have 3 (count, height, width)"
          + " or 4 (count, channels, height, width)")
    ) { try make(images: labels, labels: labels) }
    #expect(throws: DataError(path: "labels", reason: "has 3 dimensions, labels have 1 (count)")) {
      try make(images: four, labels: four)
    }
  }
}
