/// How often in a row something crashed without having come further. What comes further between two
/// crashes is not the reason for them: nodes die, tasks are preempted.
package struct CrashCount: Sendable {
  private var count = 0
  private var epochs = 0

  package init() {}

  /// Counts one more.
  ///
  /// - Parameter epochs: that are done by now.
  /// - Returns: how many there were since the last epoch that was done.
  package mutating func add(epochs: Int) -> Int {
    count = epochs > self.epochs ? 1 : count + 1
    self.epochs = epochs
    return count
  }
}
