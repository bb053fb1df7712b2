import Tasks

/// For each class the pixels that metrics are computed from.
struct PixelCounts: Sendable, Equatable {
  /// Pixels of the class that were found.
  var hits: [Int]
  /// Pixels that belong to the class.
  var truths: [Int]
  /// Pixels that were predicted as the class.
  var predicted: [Int]

  init(classes: Int) {
    hits = Array(repeating: 0, count: classes)
    truths = hits
    predicted = hits
  }

  /// - Parameter matrix: [true class, predicted class], row-major; what follows is not counted.
  init(_ matrix: some Sequence<Double>, classes: Int) {
    self.init(classes: classes)
    for (cell, value) in matrix.prefix(classes * classes).enumerated() where value != 0 {
      let (row, column) = cell.quotientAndRemainder(dividingBy: classes)
      let count = Int(value)
      truths[row] += count
      predicted[column] += count
      if row == column { hits[row] += count }
    }
  }

  mutating func add(_ other: PixelCounts, times: Int) {
    for number in hits.indices {
      hits[number] &+= times &* other.hits[number]
      truths[number] &+= times &* other.truths[number]
      predicted[number] &+= times &* other.predicted[number]
    }
  }

  var total: Int { truths.reduce(0, +) }

  func union(_ number: Int) -> Int { truths[number] + predicted[number] - hits[number] }

  /// The intersection over union of each class; `nil` for one that neither occurs nor is predicted.
  var ious: [Double?] {
    hits.indices.map { number in
      let union = union(number)
      return union == 0 ? nil : Double(hits[number]) / Double(union)
    }
  }

  /// The Dice coefficient of each class; `nil` for one that neither occurs nor is predicted.
  var dices: [Double?] {
    hits.indices.map { number in
      let sum = truths[number] + predicted[number]
      return sum == 0 ? nil : Double(2 * hits[number]) / Double(sum)
    }
  }

  /// The share of each class's pixels that were found; `nil` for a class without pixels.
  var recalls: [Double?] {
    hits.indices.map { truths[$0] == 0 ? nil : Double(hits[$0]) / Double(truths[$0]) }
  }

  /// The share of each class's predicted pixels that are right; `nil` for a class that was not predicted.
  var precisions: [Double?] {
    hits.indices.map { predicted[$0] == 0 ? nil : Double(hits[$0]) / Double(predicted[$0]) }
  }

  /// The mean over the classes that occur or are predicted; `nil` if none does.
  var meanIoU: Double? { Self.mean(ious) }

  /// The share of right pixels; `nil` without pixels.
  var accuracy: Double? {
    total == 0 ? nil : Double(hits.reduce(0, +)) / Double(total)
  }

  /// The mean of the defined values; `nil` if there are none.
  static func mean(_ values: [Double?]) -> Double? {
    let known = values.compactMap(\.self)
    return known.isEmpty ? nil : NumpySum.sum(known) / Double(known.count)
  }
}

/// The images whose pixels metrics are computed from.
package final class PixelSample: ScoredSample {
  let predictions: Predictions
  private var times: [Int32]?

  package init(_ predictions: Predictions) { self.predictions = predictions }

  package var count: Int { predictions.count }
  var classes: Int { predictions.layout.targets.count - 1 }

  package func repeated(_ times: [Int32]) {
    self.times = times
    known = nil
  }

  /// The counts of each image.
  lazy var images: [PixelCounts] = (0..<count).map {
    PixelCounts(predictions.outputs(at: $0), classes: classes)
  }

  /// The borders of each class in each image; `nil` if they were not recorded.
  lazy var borders: [[BorderCounts]]? = predictions.borders

  /// How often an image counts.
  func weight(of row: Int) -> Int { times.map { Int($0[row]) } ?? 1 }

  private var known: PixelCounts?

  /// The counts of all images together.
  var counts: PixelCounts {
    if let known { return known }
    var sum = PixelCounts(classes: classes)
    for (row, image) in images.enumerated() {
      let weight = weight(of: row)
      if weight > 0 { sum.add(image, times: weight) }
    }
    known = sum
    return sum
  }
}

extension Predictions {
  /// The pixels of all images by true class (rows) and predicted class.
  ///
  /// - Precondition: these are predictions of masks.
  var pixelMatrix: [[Int]] {
    let classes = layout.targets.count - 1
    var matrix = [[Int]](repeating: Array(repeating: 0, count: classes), count: classes)
    for row in 0..<count {
      for (cell, value) in outputs(at: row).prefix(classes * classes).enumerated() where value != 0
      {
        matrix[cell / classes][cell % classes] += Int(value)
      }
    }
    return matrix
  }
}
