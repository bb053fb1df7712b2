/// An object that a model found.
package struct FoundBox: Hashable, Sendable {
  /// From 0 to 1.
  package var score: Double
  /// The class number.
  package var label: Int
  /// The left edge in pixels of the image file.
  package var x: Double
  /// The upper edge.
  package var y: Double
  package var width: Double
  package var height: Double

  package init(score: Double, label: Int, x: Double, y: Double, width: Double, height: Double) {
    (self.score, self.label) = (score, label)
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }
}

/// The boxes found in an image as a row of outputs in ``Predictions``: their number, and for each its score, class,
/// left and upper edge, width and height; padded with zeros. The best scores come first.
package enum FoundBoxes {
  private static let boxColumns = ["score", "class", "x", "y", "w", "h"]

  /// The number of values in a row.
  ///
  /// - Parameter most: the largest number of boxes.
  package static func rowWidth(_ most: Int) -> Int { 1 + boxColumns.count * most }

  /// The names of the columns of a row.
  package static func columns(_ most: Int) -> [String] {
    ["found"] + (0..<most).flatMap { number in boxColumns.map { "\($0)\(number)" } }
  }

  /// The largest number of boxes in rows of this many values; `nil` if there are no such rows.
  package static func most(rowWidth: Int) -> Int? {
    let (most, rest) = (rowWidth - 1).quotientAndRemainder(dividingBy: boxColumns.count)
    return rest == 0 && most >= 0 ? most : nil
  }

  /// - Precondition: there are at most `most` boxes.
  package static func row(_ boxes: [FoundBox], most: Int) -> [Double] {
    precondition(boxes.count <= most)
    var row = [Double(boxes.count)]
    row.reserveCapacity(rowWidth(most))
    for box in boxes {
      row += [box.score, Double(box.label), box.x, box.y, box.width, box.height]
    }
    return row + Array(repeating: 0, count: rowWidth(most) - row.count)
  }

  /// - Precondition: the row is one that ``row(_:most:)`` made.
  package static func boxes(_ row: some Collection<Double>) -> [FoundBox] {
    let values = Array(row)
    return (0..<Int(values[0])).map { number in
      let start = 1 + number * boxColumns.count
      return FoundBox(
        score: values[start], label: Int(values[start + 1]), x: values[start + 2],
        y: values[start + 3], width: values[start + 4], height: values[start + 5])
    }
  }
}

/// How the boxes of an image are chosen among the candidates of a detector.
package struct BoxDecoding: Hashable, Sendable {
  /// Candidates with a lower score are dropped.
  package var scoreThreshold: Double
  /// Of two boxes of one class with a larger intersection over union, the one with the lower score is dropped.
  package var nmsThreshold: Double
  /// At each scale, only so many candidates with the best scores are looked at.
  package var candidates: Int
  /// The largest number of boxes of an image.
  package var most: Int

  package init(scoreThreshold: Double, nmsThreshold: Double, candidates: Int, most: Int) {
    (self.scoreThreshold, self.nmsThreshold) = (scoreThreshold, nmsThreshold)
    (self.candidates, self.most) = (candidates, most)
  }
}
