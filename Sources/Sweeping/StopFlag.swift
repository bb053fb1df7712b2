import Synchronization

/// That a person wants the sweep to stop; set from a signal's handler.
package final class StopFlag: Sendable {
  private let flag = Atomic<Bool>(false)

  package init() {}

  package var isSet: Bool { flag.load(ordering: .acquiring) }

  /// What Ctrl-C reached as well may be gone a moment before this program has seen the signal.
  package var isSetByNow: Bool {
    get async {
      if isSet { return true }
      try? await Task.sleep(for: .milliseconds(100))
      return isSet
    }
  }

  /// - Returns: whether it was set before.
  @discardableResult
  package func set() -> Bool { flag.exchange(true, ordering: .acquiringAndReleasing) }
}
