internal import CTorch

/// Calls `body` for every part below `count` on as many threads as ``Runtime/threadCount`` says, and returns when
/// all have ended. A thread prefers the part that it computed the last time, so that what it wrote is still in its
/// cache. Of several parts, each uses one thread for its operations.
///
/// - Parameter body: is called on several threads at the same time; what it writes must belong to its part alone.
/// - Throws: The error of the first part that failed.
package func forEachPart(_ count: Int, _ body: (Int) throws -> Void) throws {
  if count == 1 { return try body(0) }
  let failures = UnsafeMutableBufferPointer<(any Error)?>.allocate(capacity: count)
  failures.initialize(repeating: nil)
  defer {
    failures.deinitialize()
    failures.deallocate()
  }
  try withoutActuallyEscaping(body) { body in
    var work = Work { part in
      do { try body(part) } catch { failures[part] = error }
    }
    try withUnsafeMutablePointer(to: &work) { work in
      ct_for_each_part(
        Int64(count),
        { work, part in work?.assumingMemoryBound(to: Work.self).pointee.body(Int(part)) }, work)
    }.check("forEachPart")
  }
  for case let failure? in failures { throw failure }
}

/// What the threads of a team are given.
private struct Work {
  let body: (Int) -> Void
}
