import Dispatch
import Glibc

enum Parallel {
  /// Calls `body` with ranges that together are 0..<`count`, on at most `threads` threads. All of them use
  /// the floating-point mode of the calling thread (rounding, flushing of denormals), so that the result does
  /// not depend on which thread computes what.
  static func forRanges(_ count: Int, threads: Int, _ body: @Sendable (Range<Int>) -> Void) {
    if count == 0 { return }
    let pieces = max(1, min(threads, count))
    if pieces == 1 { return body(0..<count) }
    let mode = FloatingPointMode()
    DispatchQueue.concurrentPerform(iterations: pieces) { piece in
      let own = FloatingPointMode()
      mode.set()
      defer { own.set() }
      body(piece * count / pieces..<(piece + 1) * count / pieces)
    }
  }
}

/// The floating-point mode of a thread.
struct FloatingPointMode: Sendable {
  private var environment = fenv_t()

  /// The mode of the calling thread.
  init() { fegetenv(&environment) }

  /// Sets the mode of the calling thread.
  func set() { _ = withUnsafePointer(to: environment) { fesetenv($0) } }
}
