import DataSchema
import Files

/// What the axes of an array of images are, such as `NHWC`: examples, rows, columns, channels.
package struct AxisOrder: Hashable, Sendable, CustomStringConvertible {
  package enum Axis: Character, Sendable, CaseIterable {
    case example = "N"
    case channel = "C"
    case row = "H"
    case column = "W"
  }

  package let axes: [Axis]

  /// Reads the letters N, H and W and, if the array has channels, C, in any order and case.
  ///
  /// - Returns: `nil` if a letter is missing, repeated or another one.
  package init?(_ text: String) {
    var axes: [Axis] = []
    for letter in text.uppercased() {
      guard let axis = Axis(rawValue: letter), !axes.contains(axis) else { return nil }
      axes.append(axis)
    }
    guard Set(axes).isSuperset(of: [.example, .row, .column]) else { return nil }
    self.axes = axes
  }

  /// What may be written, for messages.
  package static let expected =
    "the letters N (examples), H (height), W (width) and, with channels, C, in the array's order, "
    + "such as NHWC"

  package var description: String { String(axes.map(\.rawValue)) }

  /// The place of an axis; `nil` if there is none.
  package func place(of axis: Axis) -> Int? { axes.firstIndex(of: axis) }

  /// The places of the axes in the order examples, channels, rows, columns.
  var planar: [Int] { Axis.allCases.compactMap { place(of: $0) } }

  /// The order that a shape of images suggests: three axes are NHW; of four, the last or the second has 1, 3 or 4
  /// channels.
  ///
  /// - Throws: ``DataError`` about `array` if its shape does not decide.
  package init(recognizedIn array: NumericArray) throws(DataError) {
    let shape = array.shape
    if shape.count == 3 {
      axes = [.example, .row, .column]
      return
    }
    func fail(_ reason: String) -> DataError {
      array.error("has the shape \(ArrayShape.text(shape))\(reason)")
    }
    guard shape.count == 4 else { throw fail(": images have 3 or 4 dimensions, vectors 1 or 2") }
    switch (Self.channels.contains(shape[1]), Self.channels.contains(shape[3])) {
    case (false, true): axes = [.example, .row, .column, .channel]
    case (true, false): axes = [.example, .channel, .row, .column]
    case (true, true):
      throw fail(
        ", in which the last or the second axis can be the channels; say which: axes: NHWC or "
          + "axes: NCHW")
    case (false, false):
      throw fail(
        ", in which neither the last nor the second axis has 1, 3 or 4 channels; say the order of the "
          + "axes, such as axes: NHWC")
    }
  }

  /// The numbers of channels that images usually have.
  private static let channels: Set = [1, 3, 4]

  /// The size of the images in an array of this shape.
  ///
  /// - Precondition: the shape has as many dimensions as there are axes.
  package func imageSize(_ shape: [Int]) -> ImageSize {
    func length(_ axis: Axis) -> Int { place(of: axis).map { shape[$0] } ?? 1 }
    return ImageSize(
      channels: length(.channel), height: length(.row), width: length(.column))
  }
}
