import Dispatch

enum Parallel {
  /// Calls `body` with ranges that together are 0..<`count`, on at most `threads` threads.
  static func forRanges(_ count: Int, threads: Int, _ body: @Sendable (Range<Int>) -> Void) {
    if count == 0 { return }
    let pieces = max(1, min(threads, count))
    if pieces == 1 { return body(0..<count) }
    DispatchQueue.concurrentPerform(iterations: pieces) { piece in
      body(piece * count / pieces..<(piece + 1) * count / pieces)
    }
  }
}
