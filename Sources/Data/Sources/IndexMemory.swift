import Synchronization

/// Indexes that this process has read, so that one experiment does not read them again for every question.
final class IndexMemory<Key: Hashable & Sendable, Index: Sendable>: Sendable {
  private let indexes = Mutex<[Key: Index]>([:])

  /// The index of a key, made by `body` the first time.
  func index<Failure: Error>(
    _ key: Key, _ body: () throws(Failure) -> Index
  ) throws(Failure) -> Index {
    if let found = indexes.withLock({ $0[key] }) { return found }
    let made = try body()
    indexes.withLock { $0[key] = made }
    return made
  }
}
