import Glibc

/// How near points are to each other, as the joint probabilities of t-SNE: symmetric, and 1 in total.
///
/// Each point has a Gaussian over its neighbours whose perplexity, e to the power of its entropy, is the one that was
/// asked for (van der Maaten and Hinton, "Visualizing data using t-SNE", JMLR 2008).
struct JointProbabilities: Sendable {
  /// Where the neighbours of each point begin in ``places``, and at the end their number.
  private(set) var starts: [Int]
  /// The neighbours, ascending for each point.
  private(set) var places: [Int32]
  private(set) var values: [Double]

  /// - Parameter perplexity: less than the number of neighbours.
  init(_ neighbors: NearestNeighbors, perplexity: Double) {
    let (width, count) = (neighbors.count, neighbors.places.count / neighbors.count)
    var conditional = [Double](repeating: 0, count: count * width)
    conditional.withUnsafeMutableBufferPointer { conditional in
      neighbors.squaredDistances.withUnsafeBufferPointer { distances in
        for point in 0..<count {
          let range = (point * width)..<((point + 1) * width)
          Self.fit(
            UnsafeBufferPointer(rebasing: distances[range]), perplexity,
            into: UnsafeMutableBufferPointer(rebasing: conditional[range]))
        }
      }
    }
    // Each pair from both sides, then joined.
    var entries: [[(place: Int32, value: Double)]] = Array(repeating: [], count: count)
    for point in 0..<count {
      for (place, other) in zip((point * width)..., neighbors.neighbours(of: point)) {
        entries[point].append((other, conditional[place]))
        entries[Int(other)].append((Int32(point), conditional[place]))
      }
    }
    starts = [0]
    places = []
    values = []
    for point in 0..<count {
      for entry in entries[point].sorted(by: { $0.place < $1.place }) {
        if places.count > starts[point], places[places.count - 1] == entry.place {
          values[values.count - 1] += entry.value
        } else {
          places.append(entry.place)
          values.append(entry.value)
        }
      }
      starts.append(places.count)
    }
    let sum = values.reduce(0, +)
    for place in values.indices { values[place] /= sum }
  }

  /// The Gaussian of a point, by bisection of its precision.
  private static func fit(
    _ distances: UnsafeBufferPointer<Double>, _ perplexity: Double,
    into probabilities: UnsafeMutableBufferPointer<Double>
  ) {
    let wanted = log(perplexity)
    // The smallest distance cancels out; without it, far neighbours would all be 0.
    let least = distances.min() ?? 0
    var (precision, low, high) = (1.0, 0.0, Double.infinity)
    for _ in 0..<200 {
      var sum = 0.0
      var weighted = 0.0
      for place in distances.indices {
        let distance = distances[place] - least
        let value = exp(-distance * precision)
        probabilities[place] = value
        sum += value
        weighted += distance * value
      }
      for place in probabilities.indices { probabilities[place] /= sum }
      let difference = log(sum) + precision * weighted / sum - wanted
      if abs(difference) <= 1e-5 { return }
      if difference > 0 {
        low = precision
        precision = high == .infinity ? precision * 2 : (precision + high) / 2
      } else {
        high = precision
        precision = (precision + low) / 2
      }
    }
  }
}
