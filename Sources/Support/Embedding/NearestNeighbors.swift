/// The nearest neighbours of every point by Euclidean distance, found by comparing all pairs.
package struct NearestNeighbors: Sendable {
  /// The neighbours of each point.
  package let count: Int
  /// Row-major, [points, count]: the places of the neighbours, nearest first; of equal distances, the lower place
  /// first.
  package let places: [Int32]
  /// Their squared distances.
  package let squaredDistances: [Double]

  /// - Parameters:
  ///   - count: at least 1 and less than the number of points.
  ///   - threads: changes nothing but the time.
  package init(of points: PointSet, count: Int, threads: Int = 1) {
    precondition(count > 0 && count < points.count)
    self.count = count
    var places = [Int32](repeating: 0, count: points.count * count)
    var found = [Double](repeating: 0, count: points.count * count)
    places.withUnsafeMutableBufferPointer { placeBuffer in
      found.withUnsafeMutableBufferPointer { distanceBuffer in
        let places = SharedMemory(placeBuffer)
        let found = SharedMemory(distanceBuffer)
        Pieces.run(points.count, threads: threads) { rows in
          var distances = [Double](repeating: 0, count: points.count)
          var nearest = NearestHeap(capacity: count)
          for row in rows {
            distances.withUnsafeMutableBufferPointer {
              points.squaredDistances(from: row, into: $0)
            }
            nearest.removeAll()
            for other in 0..<points.count where other != row {
              nearest.offer(distances[other], Int32(other))
            }
            for (position, item) in nearest.sorted.enumerated() {
              places[row * count + position] = item.place
              found[row * count + position] = item.distance
            }
          }
        }
      }
    }
    self.places = places
    squaredDistances = found
  }

  /// The neighbours of a point, nearest first.
  package func neighbours(of point: Int) -> ArraySlice<Int32> {
    places[(point * count)..<((point + 1) * count)]
  }
}

/// The smallest of many distances: a heap with the largest of them on top.
private struct NearestHeap {
  struct Item {
    var distance: Double
    var place: Int32

    func isFarther(than other: Item) -> Bool {
      distance != other.distance ? distance > other.distance : place > other.place
    }
  }

  private var items: [Item] = []
  private let capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    items.reserveCapacity(capacity)
  }

  mutating func removeAll() { items.removeAll(keepingCapacity: true) }

  /// Nearest first.
  var sorted: [Item] { items.sorted { $1.isFarther(than: $0) } }

  mutating func offer(_ distance: Double, _ place: Int32) {
    let item = Item(distance: distance, place: place)
    if items.count < capacity {
      items.append(item)
      var child = items.count - 1
      while child > 0 {
        let parent = (child - 1) / 2
        guard items[child].isFarther(than: items[parent]) else { break }
        items.swapAt(child, parent)
        child = parent
      }
      return
    }
    guard items[0].isFarther(than: item) else { return }
    items[0] = item
    var parent = 0
    while true {
      var farthest = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < items.count {
        if items[child].isFarther(than: items[farthest]) { farthest = child }
      }
      if farthest == parent { return }
      items.swapAt(parent, farthest)
      parent = farthest
    }
  }
}
