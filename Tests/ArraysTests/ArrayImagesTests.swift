import Arrays
import DataSchema
import Files
import TestSupport
import Testing

struct ArrayImagesTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func array(_ text: NPYText) throws -> NumericArray {
    try ArrayFile(try folder.write(text.bytes, "x.npy"))["x"]
  }

  /// Every order of the axes, in C order and in Fortran's, gives the pixels that NumPy's transpose gives.
  @Test func areReadInAnyOrderOfTheirAxes() throws {
    let file = try Fixtures.open("images.npz")
    let planar = try #require(try Fixtures.expected()["images.npz"]?["planar"]?.bytes)
    let gray = (0..<3).map { image in
      String(planar.dropFirst(2 * 40 * image).prefix(2 * 20))
    }
    let names = file.names.filter { $0.first?.isUppercase == true }
    #expect(names.count == 18)
    for name in names {
      let axes = try #require(AxisOrder(String(name.prefix { $0 != "_" })))
      let images = try ArrayImages(file[name], axes: axes)
      let channels = axes.axes.count == 4 ? 2 : 1
      #expect(images.count == 3)
      #expect(images.size == ImageSize(channels: channels, height: 4, width: 5))
      let expected = channels == 2 ? planar : gray.joined()
      try images.prepare()
      #expect(try images.read([0, 1, 2]).hexadecimal == expected, "\(name)")
      let size = 2 * images.size.count
      for indices in [[2], [1, 2], [2, 0, 1, 1], []] {
        let part = indices.map { String(expected.dropFirst(size * $0).prefix(size)) }
        #expect(try images.read(indices).hexadecimal == part.joined(), "\(name) \(indices)")
      }
    }
  }

  /// Truth values, floats and wide integers become the same bytes.
  @Test func ofOtherTypesAreScaled() throws {
    let file = try Fixtures.open("images.npz")
    let axes = try #require(AxisOrder("NHWC"))
    let bytes = try ArrayImages(file["NHWC"], axes: axes).read([2, 0])
    let truth = try ArrayImages(file["bool_NHWC"], axes: axes).read([2, 0])
    #expect(truth == bytes.map { $0 > 127 ? 255 : 0 })
    let floats = try ArrayImages(file["float_NHWC"], axes: axes, range: 0...1)
    #expect(try floats.read([2, 0]) == bytes)
    let wide = try ArrayImages(file["big_NHWC"], axes: axes, range: 0...65535)
    #expect(try wide.read([2, 0]) == bytes)
  }

  @Test func ofFloatsNeedARange() throws {
    let file = try Fixtures.open("images.npz")
    let axes = try #require(AxisOrder("NHWC"))
    let error = #expect(throws: DataError.self) {
      try ArrayImages(file["float_NHWC"], axes: axes)
    }
    #expect(
      error?.reason
        == "the array 'float_NHWC' holds images of float32, which can mean any brightness; save "
        + "bytes from 0 to 255 (a.astype('uint8')), or say which numbers are black and white, "
        + "such as 0 and 1")
    for range in [1.0...1.0, 0...Double.infinity] {
      #expect(throws: DataError.self) {
        try ArrayImages(file["float_NHWC"], axes: axes, range: range)
      }
    }
    #expect(throws: DataError.self) {
      try ArrayImages(file["bool_NHWC"], axes: axes, range: 0...1)
    }
  }

  @Test func outsideOfTheirRangeAreRefused() throws {
    for (value, shown) in [(Float(1.5), "1.5"), (-0.25, "-0.25"), (.nan, "nan")] {
      let floats: [Float] = [0, 0.5, 1, 0.25, value, 0]
      let array = try array(NPYText("<f4", "(3, 1, 2)", values: bytes(floats)))
      let images = try ArrayImages(array, axes: try #require(AxisOrder("nhw")), range: 0...1)
      #expect(try images.read([1, 0]) == [255, 64, 0, 128])
      let error = #expect(throws: DataError.self) { try images.read([1, 2]) }
      let start =
        "the array 'x' holds \(shown) in example 2, row 0, column 0, outside of the range 0.0 to 1.0"
      let hint = value.isNaN ? "" : "; range: [black, white] says which numbers are"
      #expect(error?.reason == start + hint)
    }
  }

  @Test func needAsManyAxesAsDimensions() throws {
    let file = try Fixtures.open("images.npz")
    let error = #expect(throws: DataError.self) {
      try ArrayImages(file["NHWC"], axes: try #require(AxisOrder("NHW")))
    }
    #expect(
      error?.reason.hasPrefix(
        "the array 'NHWC' has 4 dimensions, (3, 4, 5, 2), but 'NHW' names 3; expected the letters")
        == true, "\(error?.reason ?? "")")
  }

  @Test func needPixels() throws {
    let axes = try #require(AxisOrder("NHW"))
    let error = #expect(throws: DataError.self) {
      try ArrayImages(try array(NPYText("|u1", "(3, 0, 2)")), axes: axes)
    }
    #expect(
      error?.reason == "the array 'x' holds images without pixels: its shape is (3, 0, 2)")
    let none = try ArrayImages(try array(NPYText("|u1", "(0, 3, 2)")), axes: axes)
    #expect(none.count == 0)
    #expect(try none.read([]).isEmpty)
  }

  @Test(arguments: ["", "NC", "NHWCC", "NHH", "NHWX", "NCH", "CHW", "N HW"])
  func knowTheirAxes(_ text: String) {
    #expect(AxisOrder(text) == nil)
  }

  @Test func sayTheirAxes() {
    #expect(AxisOrder("chwn")?.description == "CHWN")
    #expect(AxisOrder("whn")?.imageSize([2, 3, 9]) == ImageSize(channels: 1, height: 3, width: 2))
  }
}
