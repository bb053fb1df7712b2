import Arrays
import DataSchema
import TestSupport
import Testing

struct ArrayInputsTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func array(_ text: NPYText) throws -> NumericArray {
    try ArrayFile(try folder.write(text.bytes, "x.npy"))["x"]
  }

  /// Bytes in an array of some shape.
  private func array(_ shape: [Int]) throws -> NumericArray {
    let text = "(\(shape.map(String.init).joined(separator: ", ")))"
    return try array(
      NPYText("|u1", text, values: [UInt8](repeating: 7, count: shape.reduce(1, *))))
  }

  @Test func imagesAreBytes() throws {
    let axes = try #require(AxisOrder("NHWC"))
    let inputs = ArrayInputs.images(
      try ArrayImages(try Fixtures.open("medmnist.npz")["train_images"], axes: axes))
    #expect(inputs.count == 6 && inputs.exampleSize == 60)
    #expect(
      inputs.field
        == DataField("image", .image(ImageSize(channels: 3, height: 4, width: 5))))
    #expect(inputs.reading == "images NHWC bytes")
    try inputs.prepare()
    let pixels = try #require(try Fixtures.expected()["medmnist.npz"]?["train_images"]?.bytes)
    // Of the last image: all reds, then all greens, then all blues.
    let digits = Array(pixels.utf8.suffix(2 * 60))
    let last = (0..<60).compactMap { place in
      UInt8(String(decoding: digits[(2 * place)..<(2 * place + 2)], as: UTF8.self), radix: 16)
    }
    let planar = (0..<3).flatMap { channel in
      stride(from: channel, to: 60, by: 3).map { last[$0] }
    }
    #expect(try inputs.read([5]) == .bytes(planar))
  }

  @Test func vectorsAreNumbers() throws {
    let values: [Float] = [1, 2, 3, 4, 5, 6]
    let inputs = ArrayInputs.vectors(
      try ArrayVectors(try array(NPYText("<f4", "(3, 2)", values: bytes(values)))))
    #expect(inputs.count == 3 && inputs.exampleSize == 8)
    #expect(inputs.field == DataField("features", .vector(2)))
    #expect(try inputs.read([2, 0]) == .numbers([5, 6, 1, 2]))
  }

  @Test(
    arguments: [
      ([2, 5, 6], "NHW"), ([2, 5, 6, 3], "NHWC"), ([2, 1, 5, 6], "NCHW"),
      ([3, 4, 6, 7], "NCHW"),
    ])
  func axesAreRecognized(_ shape: [Int], _ expected: String) throws {
    let array = try array(shape)
    #expect(try AxisOrder(recognizedIn: array).description == expected)
  }

  @Test(
    arguments: [
      ([2, 3, 5, 3], "can be the channels; say which: axes: NHWC or axes: NCHW"),
      ([2, 5, 5, 5], "neither the last nor the second axis has 1, 3 or 4 channels"),
      ([2, 5], "images have 3 or 4 dimensions"),
    ])
  func axesThatCannotBeRecognizedAreErrors(_ shape: [Int], _ reason: String) throws {
    let array = try array(shape)
    let error = #expect(throws: DataError.self) { try AxisOrder(recognizedIn: array) }
    #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
  }

  @Test func labelsAreCounted() throws {
    let rows = NPYText("|u1", "(3, 2)", values: [0, 1, 1, 1, 0, 0])
    #expect(try ArrayTargets.labelCounts(try array(rows)) == [1, 2, 0])
    let others = NPYText("|u1", "(3, 2)", values: [0, 1, 1, 2, 0, 0])
    #expect(try ArrayTargets.labelCounts(try array(others)) == nil)
  }
}
