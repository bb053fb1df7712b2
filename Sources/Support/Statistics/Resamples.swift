import Dispatch
import Foundation
import Randomness

/// The resamples of a bootstrap: each draws as many examples as there are, with replacement.
///
/// Resample r uses the stream (`bootstrap`, step r, ``unit``) with the fixed seed 0, and draw i the integer at
/// position i. They are drawn by several threads and seen in order, so nothing depends on the number of threads.
package struct Resamples: Sendable {
  private let examples: Int
  private let unit: UInt64
  /// About how many draws are kept at once.
  private static let keptDraws = 1 << 18

  /// - Parameters:
  ///   - examples: how many there are, fewer than 2³².
  ///   - unit: distinguishes resamples that share no draws.
  package init(of examples: Int, unit: UInt64 = 0) {
    self.examples = examples
    self.unit = unit
  }

  /// Calls `body` for each of the first `count` resamples with the number of times that each example was drawn;
  /// never without examples.
  package func forEach(_ count: Int, _ body: ([Int32]) -> Void) {
    guard examples > 0 else { return }
    let atOnce = max(ProcessInfo.processInfo.activeProcessorCount, Self.keptDraws / examples)
    for first in stride(from: 0, to: count, by: atOnce) {
      map(first..<min(first + atOnce, count)) { draws in
        var times = [Int32](repeating: 0, count: draws.count)
        times.withUnsafeMutableBufferPointer { times in
          for index in draws { times[Int(index)] &+= 1 }
        }
        return times
      }.forEach(body)
    }
  }

  /// The example of each draw of a resample.
  package func draws(_ resample: Int) -> [Int] {
    let stream = stream(resample)
    return (0..<examples).map { stream.integer(below: examples, at: $0) }
  }

  /// What `statistic` returns for the examples of each of these resamples, in order.
  package func map<Value: Sendable>(
    _ resamples: Range<Int>, _ statistic: @Sendable (UnsafeBufferPointer<UInt32>) -> Value
  ) -> [Value] {
    let pieces = max(1, min(ProcessInfo.processInfo.activeProcessorCount, resamples.count))
    return [Value](unsafeUninitializedCapacity: resamples.count) { values, filled in
      nonisolated(unsafe) let values = values
      DispatchQueue.concurrentPerform(iterations: pieces) { piece in
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: examples) { draws in
          for place in piece * resamples.count / pieces..<(piece + 1) * resamples.count / pieces {
            stream(resamples.lowerBound + place).fill(draws: draws)
            values.initializeElement(at: place, to: statistic(UnsafeBufferPointer(draws)))
          }
        }
      }
      filled = resamples.count
    }
  }

  /// The random stream of a resample.
  private func stream(_ resample: Int) -> RandomStream {
    RandomStream(seed: 0, purpose: .bootstrap, step: resample, unit: unit)
  }
}
