/// Counts consecutive crashes without progress. Crashes with finished epochs between them have
/// other causes, such as failing nodes or preemption.
package struct CrashCount: Sendable {
  private var count = 0
  private var epochs = 0

  package init() {}

  /// Counts one more crash.
  ///
  /// - Parameter epochs: the number of finished epochs.
  /// - Returns: the number of crashes since the last finished epoch.
  package mutating func add(epochs: Int) -> Int {
    count = epochs > self.epochs ? 1 : count + 1
    self.epochs = epochs
    return count
  }
}
