import Torch

/// A window that hides a part of the input, and how far it moves.
package struct OcclusionWindow: Hashable, Sendable {
  /// Its side in pixels.
  package var size: Int
  /// The distance between neighbouring positions, at most its side.
  package var stride: Int

  package init(size: Int, stride: Int) {
    (self.size, self.stride) = (size, stride)
  }

  /// An eighth of the shorter side, moved by half of that.
  package init(forHeight height: Int, width: Int) {
    let size = max(1, min(height, width) / 8)
    self.init(size: size, stride: max(1, size / 2))
  }

  /// The first pixels of the positions along a side. The last window may reach beyond the end.
  package func starts(_ length: Int) -> [Int] {
    let count = (max(0, length - size) + stride - 1) / stride + 1
    return (0..<count).map { $0 * stride }
  }
}

extension Attribution {
  /// How much the score falls when a window hides the pixel, [height, width]: the mean over the windows that hide it.
  /// Zeiler and Fergus (2014), captum's `Occlusion` with windows over all channels.
  ///
  /// - Parameters:
  ///   - input: [1, channels, height, width].
  ///   - baseline: of the same shape; what is seen in the window.
  ///   - isInterrupted: checked between batches.
  /// - Precondition: the window's stride is at most its size.
  /// - Returns: `nil` if interrupted.
  package func occlusion(
    _ input: Tensor, _ target: AttributionTarget, baseline: Tensor, window: OcclusionWindow,
    isInterrupted: () -> Bool = { false }
  ) throws -> Tensor? {
    precondition(1...window.size ~= window.stride)
    try check(input)
    try check(baseline)
    let whole = try scores(input, target).sum().item()
    let columns = window.starts(width)
    let places = window.starts(height).flatMap { row in columns.map { (row, $0) } }
    var sums = [Double](repeating: 0, count: height * width)
    var counts = sums
    func hidden(_ place: (row: Int, column: Int)) -> (rows: Range<Int>, columns: Range<Int>) {
      (
        place.row..<min(place.row + window.size, height),
        place.column..<min(place.column + window.size, width)
      )
    }
    for start in stride(from: 0, to: places.count, by: rows) {
      if isInterrupted() { return nil }
      let part = places[start..<min(start + rows, places.count)]
      var mask = [Float](repeating: 0, count: part.count * height * width)
      for (index, place) in part.enumerated() {
        let hidden = hidden(place)
        for row in hidden.rows {
          for column in hidden.columns { mask[(index * height + row) * width + column] = 1 }
        }
      }
      let isHidden = try Tensor(mask, shape: [part.count, 1, height, width])
        .to(input.dtype).to(input.device)
      let occluded = try input.mul(isHidden.mul(-1).add(1)).add(baseline.mul(isHidden))
      for (place, score) in try zip(part, scores(occluded, target).doubles()) {
        let hidden = hidden(place)
        for row in hidden.rows {
          for column in hidden.columns {
            sums[row * width + column] += whole - score
            counts[row * width + column] += 1
          }
        }
      }
    }
    return try Tensor(zip(sums, counts).map { Float($0 / $1) }, shape: [height, width])
  }
}
