import Dispatch

/// Points of one dimension, row after row.
package struct PointSet: Sendable, Equatable {
  package let count: Int
  /// The numbers of a point.
  package let width: Int
  /// Row-major, [count, width].
  package let values: [Double]

  /// - Precondition: `values` are whole points.
  package init(_ values: [Double], width: Int) {
    precondition(width > 0 && values.count.isMultiple(of: width))
    self.values = values
    self.width = width
    count = values.count / width
  }

  package subscript(row: Int) -> ArraySlice<Double> {
    values[(row * width)..<((row + 1) * width)]
  }

  /// The squared Euclidean distances from one point to all points.
  func squaredDistances(from row: Int, into distances: UnsafeMutableBufferPointer<Double>) {
    values.withUnsafeBufferPointer { values in
      let own = row * width
      for other in 0..<count {
        let start = other * width
        var sum = 0.0
        for place in 0..<width {
          let difference = values[own + place] - values[start + place]
          sum += difference * difference
        }
        distances[other] = sum
      }
    }
  }
}

/// Work on several threads whose result does not depend on their number.
enum Pieces {
  /// Calls `body` with ranges that together are 0..<`count`, on at most `threads` threads. Each number of a result
  /// must be computed within one index.
  static func run(_ count: Int, threads: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let pieces = max(1, min(threads, count))
    if pieces == 1 { return body(0..<count) }
    DispatchQueue.concurrentPerform(iterations: pieces) { piece in
      body(piece * count / pieces..<(piece + 1) * count / pieces)
    }
  }
}

/// Memory that several threads write to, each to places of its own.
struct SharedMemory<Element>: @unchecked Sendable {
  private let buffer: UnsafeMutableBufferPointer<Element>

  init(_ buffer: UnsafeMutableBufferPointer<Element>) { self.buffer = buffer }

  subscript(index: Int) -> Element {
    get { buffer[index] }
    nonmutating set { buffer[index] = newValue }
  }

  func part(_ range: Range<Int>) -> UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(rebasing: buffer[range])
  }
}
