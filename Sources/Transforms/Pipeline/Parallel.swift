import Dispatch
import Glibc

enum Parallel {
  /// Calls `body` with ranges that together are 0..<`count`, on at most `threads` threads. All of them
  /// compute in the floating-point mode of the calling thread (rounding, whether denormal numbers are taken
  /// as zero), so that nothing depends on which of them gets what.
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

/// How a thread computes with floating-point numbers.
struct FloatingPointMode: Sendable {
  private var environment = fenv_t()

  /// That of the calling thread.
  init() { fegetenv(&environment) }

  /// Makes it that of the calling thread.
  func set() { _ = withUnsafePointer(to: environment) { fesetenv($0) } }
}
