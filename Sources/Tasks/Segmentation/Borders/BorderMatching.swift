import DataSchema
import Tasks

/// Finds the borders of classes in a mask and in its prediction, and which of them lie close to each other.
///
/// A pixel of a class is on its border if the pixel above, below, left or right of it has another class. Pixels
/// without a class in the mask are left out of both: they are on no border, and no border runs along them or along
/// the edge of the image. Two border pixels are close if their centres are no further apart than the tolerance.
struct BorderMatching {
  /// As a share of the image's diagonal, from Csurka, Larlus and Perronnin (2013).
  static let standardTolerance = 0.0075

  private let height: Int
  private let width: Int
  /// In pixels.
  private let tolerance: Double

  /// - Parameter tolerance: in pixels; `nil` for ``standardTolerance`` of the diagonal.
  init(height: Int, width: Int, tolerance: Double?) {
    self.height = height
    self.width = width
    self.tolerance =
      tolerance ?? Self.standardTolerance * Double(height * height + width * width).squareRoot()
  }

  /// The counts of each class.
  ///
  /// - Parameters:
  ///   - predicted: the predicted class of each pixel, in rows.
  ///   - truth: the class of each pixel; others than classes are pixels without one.
  func counts(_ predicted: [UInt8], _ truth: [UInt8], classes: Int) -> [BorderCounts] {
    let found = zip(predicted, truth).map { $1 < classes ? $0 : FieldKind.ignoredPixel }
    let borders = (border(truth, classes), border(found, classes))
    var counts = [BorderCounts](repeating: BorderCounts(), count: classes)
    for number in 0..<classes {
      let (own, other) = (borders.0[number], borders.1[number])
      counts[number].truths = own.count
      counts[number].predicted = other.count
      if own.isEmpty || other.isEmpty { continue }
      counts[number].found = close(own, to: other)
      counts[number].right = close(other, to: own)
    }
    return counts
  }

  /// The places of the border pixels of each class, in rows from the top.
  private func border(_ map: [UInt8], _ classes: Int) -> [[Int]] {
    var places = [[Int]](repeating: [], count: classes)
    map.withUnsafeBufferPointer { map in
      func differs(_ number: UInt8, _ other: UInt8) -> Bool { other != number && other < classes }
      for y in 0..<height {
        for x in 0..<width {
          let place = y * width + x
          let number = map[place]
          guard number < classes else { continue }
          if x > 0 && differs(number, map[place - 1])
            || x + 1 < width && differs(number, map[place + 1])
            || y > 0 && differs(number, map[place - width])
            || y + 1 < height && differs(number, map[place + width])
          {
            places[Int(number)].append(place)
          }
        }
      }
    }
    return places
  }

  /// How many of the places have one of `others` within the tolerance.
  ///
  /// Within a row, the nearest of the others is known for each column; so of each place only the rows within the
  /// tolerance are looked at.
  private func close(_ places: [Int], to others: [Int]) -> Int {
    let (first, last) = (others[0] / width, others[others.count - 1] / width)
    let far = height + width
    var nearest = [Int](repeating: far, count: (last - first + 1) * width)
    for place in others { nearest[place - first * width] = 0 }
    let reach = Int(min(tolerance, Double(far)))
    let squared = tolerance * tolerance
    return nearest.withUnsafeMutableBufferPointer { nearest in
      for row in stride(from: 0, to: nearest.count, by: width) {
        for x in 1..<max(width, 1) {
          nearest[row + x] = min(nearest[row + x], nearest[row + x - 1] + 1)
        }
        for x in stride(from: width - 2, through: 0, by: -1) {
          nearest[row + x] = min(nearest[row + x], nearest[row + x + 1] + 1)
        }
      }
      return places.count { place in
        let (y, x) = place.quotientAndRemainder(dividingBy: width)
        let rows = max(first, y - reach)...max(max(first, y - reach), min(last, y + reach))
        return rows.contains { row in
          guard row <= last else { return false }
          let distance = nearest[(row - first) * width + x]
          return Double(distance * distance + (row - y) * (row - y)) <= squared
        }
      }
    }
  }
}
