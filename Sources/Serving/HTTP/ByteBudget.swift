import Synchronization

/// A limit on the bytes of all bodies that are in memory at once.
final class ByteBudget: Sendable {
  private let limit: Int
  private let used = Mutex(0)

  init(_ limit: Int) { self.limit = limit }

  /// - Returns: whether there was room for them.
  func take(_ count: Int) -> Bool {
    used.withLock {
      guard $0 + count <= limit else { return false }
      $0 += count
      return true
    }
  }

  func giveBack(_ count: Int) { used.withLock { $0 -= count } }
}
