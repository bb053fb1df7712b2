import Arrays
import DataSchema
import TestSupport
import Testing

/// Arrays as vectors and as targets.
struct ArrayNumbersTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func array(
    _ type: String, _ shape: String, fortran: Bool = false, _ values: [UInt8]
  ) throws -> NumericArray {
    let text = NPYText(type, shape, fortran: fortran, values: values)
    return try ArrayFile(try folder.write(text.bytes, "x.npy"))["x"]
  }

  private func reason(_ body: () throws -> Void) -> String {
    #expect(throws: DataError.self, performing: body)?.reason ?? ""
  }

  // MARK: Vectors

  @Test func vectorsAreRows() throws {
    let numbers: [Int16] = [1, -2, 3, 4, 5, 6]
    let rows = try ArrayVectors(try array("<i2", "(3, 2)", bytes(numbers)))
    #expect(rows.count == 3)
    #expect(rows.width == 2)
    #expect(try rows.read([2, 0]) == [5, 6, 1, -2])
    let columns = try ArrayVectors(try array("<i2", "(3, 2)", fortran: true, bytes(numbers)))
    #expect(try columns.read([2, 0]) == [3, 6, 1, 4])
    let single = try ArrayVectors(try array("<i2", "(6,)", bytes(numbers)))
    #expect(single.width == 1)
    #expect(try single.read([1, 2, 3]) == [-2, 3, 4])
  }

  @Test func vectorsOfFortranOrderAreThoseOfNumPy() throws {
    let array = try Fixtures.open("fortran.npy")["fortran"]
    let vectors = try ArrayVectors(array)
    let values = try array.bytes(0..<300).withUnsafeBytes {
      array.elementType.numbers(in: $0, as: Float.self)
    }
    try vectors.prepare()
    #expect(try vectors.read(Array(0..<300)) == values)
    #expect(try vectors.read([299, 7]) == Array(values[(299 * 7)...] + values[49..<56]))
  }

  @Test func vectorsAreFinite() throws {
    for (value, text) in [
      (Double.nan, "nan in example 1, value 0, expected a finite number"),
      (-.infinity, "-inf in example 1, value 0, expected a finite number"),
      (1e300, "1e+300 in example 1, value 0, too large for a 32-bit float"),
    ] {
      let vectors = try ArrayVectors(try array("<f8", "(2, 2)", bytes([1.5, 2, value, 3])))
      #expect(try vectors.read([0]) == [1.5, 2])
      #expect(reason { _ = try vectors.read([0, 1]) } == "the array 'x' holds \(text)")
    }
  }

  @Test func vectorsHaveTwoDimensions() throws {
    let pictures = try array("|u1", "(1, 2, 2)", [1, 2, 3, 4])
    #expect(
      reason { _ = try ArrayVectors(pictures) }
        == "the array 'x' has the shape (1, 2, 2), but vectors have (count, values); save "
        + "a.reshape(len(a), -1), or say the order of the axes if it holds images")
    let scalar = try array("|u1", "()", [1])
    #expect(
      reason { _ = try ArrayVectors(scalar) }
        == "the array 'x' has the shape (), but vectors have (count, values)")
    let empty = try array("|u1", "(4, 0)", [])
    #expect(
      reason { _ = try ArrayVectors(empty) }
        == "the array 'x' holds vectors without values: its shape is (4, 0)")
  }

  // MARK: Targets

  @Test(arguments: ["(3,)", "(3, 1)"])
  func classesAreWholeNumbers(_ shape: String) throws {
    for (type, values) in [
      ("|u1", [2, 0, 1]), ("<i8", bytes([2, 0, 1])),
      (">i4", [0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1]), ("<f4", bytes([2, 0, 1] as [Float])),
    ] {
      let array = try array(type, shape, values)
      let targets = try ArrayTargets.classes(array, classes: 3)
      #expect(targets == Targets([2, 0, 1]))
      #expect(targets.classNumbers == [2, 0, 1])
      #expect(try ArrayTargets.classes(array) == targets)
    }
  }

  @Test(arguments: [
    (3.0, "3"), (-1, "-1"), (0.5, "0.5"), (.nan, "nan"), (1e300, "1e+300"),
  ])
  func classesAreThoseThatThereAre(_ value: Double, shown: String) throws {
    let array = try array("<f8", "(2,)", bytes([2, value]))
    #expect(
      reason { _ = try ArrayTargets.classes(array, classes: 3) }
        == "the array 'x' holds \(shown) in example 1, expected one of the 3 classes 0 to 2")
  }

  @Test func classesAreExactFloats() throws {
    let array = try array("<i8", "(2,)", bytes([16_777_215, 16_777_216]))
    #expect(
      reason { _ = try ArrayTargets.classes(array) }
        == "the array 'x' holds 16777216 in example 1, expected a whole number from 0 to 16777215")
  }

  @Test func oneHotRowsAreNoClassNumbers() throws {
    let array = try array("|u1", "(2, 2)", [1, 0, 0, 1])
    #expect(
      reason { _ = try ArrayTargets.classes(array, classes: 2) }
        == "the array 'x' has the shape (2, 2), but class numbers have (count) or (count, 1); save "
        + "numpy.nonzero(a)[1] if each row has a single 1")
  }

  @Test func numbersHaveAsManyColumnsAsAskedFor() throws {
    let array = try array("<f4", "(2, 2)", bytes([1, 2, 3, 4.5] as [Float]))
    #expect(try ArrayTargets.numbers(array) == Targets([1, 2, 3, 4.5], width: 2))
    #expect(
      reason { _ = try ArrayTargets.numbers(array, width: 3) }
        == "the array 'x' holds 2 numbers per example, expected 3")
    let flat = try self.array("<f4", "(2,)", bytes([1, .infinity] as [Float]))
    #expect(
      reason { _ = try ArrayTargets.numbers(flat, width: 1) }
        == "the array 'x' holds inf in example 1, expected a finite number")
  }

  @Test func labelSetsHoldZerosAndOnes() throws {
    let good = try array("|b1", "(2, 3)", [1, 0, 1, 0, 0, 1])
    #expect(
      try ArrayTargets.labelSets(good, labels: 3) == Targets([1, 0, 1, 0, 0, 1], width: 3))
    #expect(
      reason { _ = try ArrayTargets.labelSets(good, labels: 2) }
        == "the array 'x' has the shape (2, 3), but sets of labels have (count, 2)")
    let bad = try array("|i1", "(2, 3)", [1, 0, 1, 0, 0, 255])
    #expect(
      reason { _ = try ArrayTargets.labelSets(bad) }
        == "the array 'x' holds -1 in example 1, label 2, expected 0 or 1")
    let flat = try array("|u1", "(2,)", [1, 0])
    #expect(
      reason { _ = try ArrayTargets.labelSets(flat) }
        == "the array 'x' has the shape (2,), but sets of labels have (count, labels)")
  }
}
