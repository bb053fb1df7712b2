import Tasks
import Torch

extension LossFunction {
  /// The counts of ``Objective/Operation/pixelCounts(_:_:)`` for a batch, and the class with the largest score of
  /// each pixel.
  ///
  /// - Parameters:
  ///   - outputs: [examples, classes, height, width].
  ///   - masks: [examples, height, width], the class of each pixel; others than classes are not counted.
  /// - Returns: the counts, [examples, classes²], and the maps, [examples, height, width].
  func pixelCounts(
    _ outputs: Tensor, _ masks: [UInt8]
  ) throws -> (counts: [Double], maps: [UInt8]) {
    let shape = outputs.shape
    guard shape.count == 4, masks.count == shape[0] * shape[2] * shape[3] else {
      throw TorchError(
        operation: "pixel counts", message: "outputs of \(shape) do not fit \(masks.count) pixels")
    }
    let (classes, pixels) = (shape[1], shape[2] * shape[3])
    let maps = try outputs.max(dim: 1).indices.bytes()
    var counts = [Int](repeating: 0, count: shape[0] * classes * classes)
    for example in 0..<shape[0] {
      let start = example * classes * classes
      for pixel in example * pixels..<(example + 1) * pixels where masks[pixel] < classes {
        counts[start + Int(masks[pixel]) * classes + Int(maps[pixel])] += 1
      }
    }
    return (counts.map(Double.init), maps)
  }
}
