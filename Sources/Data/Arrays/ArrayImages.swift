import DataSchema

/// The images of an array, read as planar bytes.
package struct ArrayImages: Sendable {
  package let array: NumericArray
  package let axes: AxisOrder
  /// The number of images.
  package let count: Int
  package let size: ImageSize
  /// The numbers that become the bytes 0 and 255; `nil` if the array holds bytes or truth values.
  package let range: ClosedRange<Double>?
  private let reader: ExampleReader

  /// - Parameters:
  ///   - range: the numbers that become the bytes 0 and 255; those between are rounded to the nearest of
  ///     the 256 steps. Bytes and truth values need none; other numbers are refused without.
  /// - Throws: ``DataError`` if the array cannot hold images with these axes, or needs a range.
  package init(
    _ array: NumericArray, axes: AxisOrder, range: ClosedRange<Double>? = nil
  ) throws(DataError) {
    guard array.shape.count == axes.axes.count else {
      throw array.error(
        "has \(array.shape.count) dimensions, \(ArrayShape.text(array.shape)), but '\(axes)' names "
          + "\(axes.axes.count); expected \(AxisOrder.expected)")
    }
    size = axes.imageSize(array.shape)
    reader = ExampleReader(array, order: axes.planar)
    count = reader.count
    guard size.count > 0 else {
      throw array.error("holds images without pixels: its shape is \(ArrayShape.text(array.shape))")
    }
    switch array.elementType {
    case .uint8 where range == nil || range == 0...255, .bool where range == nil: self.range = nil
    case .bool: throw array.error("holds booleans, which need no range")
    default:
      guard let range else {
        throw array.error(
          "holds images of \(array.elementType), which can mean any brightness; save bytes from 0 to "
            + "255 (a.astype('uint8')), or say which numbers are black and white, such as 0 and 1")
      }
      // Steps that are too small or too large for a float would make NaN.
      guard range.lowerBound < range.upperBound, Self.factor(range).isNormal else {
        throw array.error("cannot have the range \(range.lowerBound) to \(range.upperBound)")
      }
      self.range = range
    }
    self.array = array
    self.axes = axes
  }

  /// Reads what would otherwise be read at the first ``read(_:)``.
  package func prepare() throws(DataError) { try reader.prepare() }

  /// The images at `indices`, in this order, [example, channel, row, column]. May be called on several threads
  /// at once.
  ///
  /// - Precondition: the images exist.
  /// - Throws: ``DataError`` if they cannot be read, or a number lies outside of ``range``.
  package func read(_ indices: [Int]) throws(DataError) -> [UInt8] {
    var bytes = try UninitializedBytes.filled(indices.count * reader.exampleSize) {
      (buffer) throws(DataError) in try reader.read(indices, into: buffer)
    }
    if array.elementType == .bool {
      for index in bytes.indices { bytes[index] = bytes[index] == 0 ? 0 : 255 }
    }
    return try range.map { (range) throws(DataError) in
      try scaled(bytes, to: range, indices)
    } ?? bytes
  }

  /// Bytes for each unit of a range.
  private static func factor(_ range: ClosedRange<Double>) -> Double {
    255 / (range.upperBound - range.lowerBound)
  }

  /// Numbers as bytes: black to 0, white to 255.
  private func scaled(
    _ bytes: [UInt8], to range: ClosedRange<Double>, _ indices: [Int]
  ) throws(DataError) -> [UInt8] {
    let values = bytes.withUnsafeBytes { array.elementType.numbers(in: $0, as: Double.self) }
    let factor = Self.factor(range)
    guard let bad = values.firstIndex(where: { !range.contains($0) }) else {
      return values.map { UInt8(min(255, (($0 - range.lowerBound) * factor).rounded())) }
    }
    let (channel, pixel) = (bad % size.count).quotientAndRemainder(
      dividingBy: size.height * size.width)
    throw array.error(
      "holds \(values[bad]) in example \(indices[bad / size.count]), "
        + (size.channels > 1 ? "channel \(channel), " : "")
        + "row \(pixel / size.width), column \(pixel % size.width), outside of the range "
        + "\(range.lowerBound) to \(range.upperBound)"
        + (values[bad].isFinite ? "; range: [black, white] says which numbers are" : ""))
  }
}
