/// Numbers about classes in a space, and about how faithful a map of it is.
package enum MapQuality {
  /// The share of the nearest neighbours that have the same class as their point, over all points and for each
  /// class; `nil` for a class without points.
  package struct Purity: Sendable, Equatable {
    /// The neighbours of each point.
    package let neighbours: Int
    package let overall: Double
    package let byClass: [Double?]
    /// What neighbours drawn at random from the other points would have on average.
    package let chance: Double
  }

  /// - Parameter classes: the class of each point, less than `count`.
  package static func purity(
    _ neighbors: NearestNeighbors, classes: [Int], count: Int
  ) -> Purity {
    var same = [Int](repeating: 0, count: count)
    var sizes = [Int](repeating: 0, count: count)
    for (point, own) in classes.enumerated() {
      sizes[own] += 1
      same[own] += neighbors.neighbours(of: point).count { classes[Int($0)] == own }
    }
    let points = classes.count
    let chance = sizes.reduce(0.0) {
      $0 + Double($1) * Double($1 - 1) / Double(points) / Double(max(points - 1, 1))
    }
    return Purity(
      neighbours: neighbors.count,
      overall: Double(same.reduce(0, +)) / Double(points * neighbors.count),
      byClass: zip(same, sizes).map {
        $1 == 0 ? nil : Double($0) / Double($1 * neighbors.count)
      }, chance: chance)
  }

  /// The mean silhouette coefficient (Rousseeuw, 1987) by Euclidean distance, from −1 to 1: how much nearer points
  /// are to their own class than to the next one. Equal to scikit-learn's `silhouette_score`; a point that is alone
  /// in its class counts as 0.
  ///
  /// - Returns: `nil` if fewer than two classes have points, or every point is alone in its class.
  package static func silhouette(
    _ points: PointSet, classes: [Int], count: Int, threads: Int = 1
  ) -> Double? {
    var sizes = [Int](repeating: 0, count: count)
    for own in classes { sizes[own] += 1 }
    let present = sizes.count { $0 > 0 }
    guard present > 1, present < points.count else { return nil }
    var coefficients = [Double](repeating: 0, count: points.count)
    coefficients.withUnsafeMutableBufferPointer { buffer in
      let coefficients = SharedMemory(buffer)
      let sizes = sizes
      Pieces.run(points.count, threads: threads) { rows in
        var distances = [Double](repeating: 0, count: points.count)
        var sums = [Double](repeating: 0, count: count)
        for row in rows {
          let own = classes[row]
          if sizes[own] == 1 { continue }
          distances.withUnsafeMutableBufferPointer { points.squaredDistances(from: row, into: $0) }
          for place in sums.indices { sums[place] = 0 }
          for other in 0..<points.count {
            sums[classes[other]] += distances[other].squareRoot()
          }
          let inside = sums[own] / Double(sizes[own] - 1)
          var outside = Double.infinity
          for other in 0..<count where other != own && sizes[other] > 0 {
            outside = min(outside, sums[other] / Double(sizes[other]))
          }
          let larger = max(inside, outside)
          coefficients[row] = larger > 0 ? (outside - inside) / larger : 0
        }
      }
    }
    return coefficients.reduce(0, +) / Double(points.count)
  }

  /// To what extent neighbours in a map are neighbours in the space, from 0 to 1 (Venna and Kaski, 2001). Equal to
  /// scikit-learn's `trustworthiness`.
  ///
  /// - Parameter neighbours: less than half of the points.
  /// - Returns: `nil` if there are too few points for so many neighbours.
  package static func trustworthiness(
    of map: PointSet, for points: PointSet, neighbours: Int, threads: Int = 1
  ) -> Double? {
    let count = points.count
    guard neighbours > 0, 2 * neighbours < count else { return nil }
    let near = NearestNeighbors(of: map, count: neighbours, threads: threads)
    var penalties = [Double](repeating: 0, count: count)
    penalties.withUnsafeMutableBufferPointer { buffer in
      let penalties = SharedMemory(buffer)
      Pieces.run(count, threads: threads) { rows in
        var distances = [Double](repeating: 0, count: count)
        for row in rows {
          distances.withUnsafeMutableBufferPointer { points.squaredDistances(from: row, into: $0) }
          for neighbour in near.neighbours(of: row) {
            let place = Int(neighbour)
            // The rank among the neighbours in the space, from 1.
            var rank = 1
            for other in 0..<count where other != row && other != place {
              if distances[other] < distances[place]
                || distances[other] == distances[place] && other < place
              {
                rank += 1
              }
            }
            penalties[row] += Double(max(0, rank - neighbours))
          }
        }
      }
    }
    let (n, k) = (Double(count), Double(neighbours))
    return 1 - penalties.reduce(0, +) * 2 / (n * k * (2 * n - 3 * k - 1))
  }
}
