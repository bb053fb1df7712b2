import DataSchema
import Tasks
import Torch

/// Finds the boxes in the outputs of a detector.
package struct BoxDecoder {
  private let decoding: BoxDecoding
  private let size: InputSize

  /// - Parameter input: the shape of the model's input.
  /// - Throws: ``TorchError`` if that is no image.
  package init(_ decoding: BoxDecoding, input: [Int]) throws {
    guard let size = InputSize(input) else {
      throw TorchError(operation: "finding boxes", message: "an input of \(input) is no image")
    }
    self.decoding = decoding
    self.size = size
  }

  /// The boxes in each image of a batch, best first, in pixels of the image files.
  ///
  /// - Parameters:
  ///   - outputs: [images, points, classes + 5].
  ///   - placements: where each image lies in the model's input.
  package func boxes(
    _ outputs: Tensor, _ placements: [ImagePlacement]
  ) throws -> [[FoundBox]] {
    guard outputs.shape.first == placements.count else {
      throw TorchError(
        operation: "finding boxes",
        message: "outputs of \(outputs.shape) do not fit \(placements.count) images")
    }
    let values = try outputs.foundBoxes(
      height: size.height, width: size.width, scoreThreshold: decoding.scoreThreshold,
      nmsThreshold: decoding.nmsThreshold, candidates: decoding.candidates, most: decoding.most
    ).floats()
    return placements.enumerated().map { image, placement in
      boxes(values[(image * decoding.most * Self.columns)...], placement)
    }
  }

  /// The number of values of a box: its score, its class and its edges in the model's input.
  private static let columns = 6

  /// The boxes of an image.
  ///
  /// - Parameter values: those of its boxes, row by row; a row whose class is negative holds none.
  private func boxes(
    _ values: ArraySlice<Float>, _ placement: ImagePlacement
  ) -> [FoundBox] {
    var found: [FoundBox] = []
    for number in 0..<decoding.most {
      let start = values.startIndex + number * Self.columns
      let row = values[start..<start + Self.columns].map { Double($0) }
      if row[1] < 0 { break }
      found.append(Self.box(row, placement))
    }
    return found
  }

  /// The rows of ``Predictions`` for a batch, one after another.
  package func rows(_ outputs: Tensor, _ placements: [ImagePlacement]) throws -> [Double] {
    try boxes(outputs, placements).flatMap { FoundBoxes.row($0, most: decoding.most) }
  }

  /// - Parameter row: score, class and edges in the model's input.
  private static func box(_ row: [Double], _ placement: ImagePlacement) -> FoundBox {
    func within(_ value: Double, _ length: Int) -> Double { min(max(value, 0), Double(length)) }
    func place(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
      let place = placement.original(x: x, y: y)
      return (within(place.x, placement.width), within(place.y, placement.height))
    }
    let (a, b) = (place(row[2], row[3]), place(row[4], row[5]))
    // Mirrored images have their edges exchanged.
    return FoundBox(
      score: row[0], label: Int(row[1]), x: min(a.x, b.x), y: min(a.y, b.y),
      width: abs(b.x - a.x), height: abs(b.y - a.y))
  }
}
