import DataSchema
import Synchronization

/// Indexes that this process has read, so that one experiment does not read them again for every question.
final class IndexMemory: Sendable {
  private let indexes = Mutex<[String: ImageIndex]>([:])

  /// The index of a key, made by `body` the first time.
  func index(
    _ key: String, _ body: () throws(DataError) -> ImageIndex
  ) throws(DataError) -> ImageIndex {
    if let found = indexes.withLock({ $0[key] }) { return found }
    let made = try body()
    indexes.withLock { $0[key] = made }
    return made
  }
}
