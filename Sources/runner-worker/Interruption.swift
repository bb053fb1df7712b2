import Glibc
import Synchronization
import Training

/// Whether the worker should stop, because of SIGTERM, Ctrl-C or a closed terminal. The exit of the
/// front program counts as well, since nobody would receive the result; the next front program
/// waits until this worker has exited.
enum Interruption {
  private static let flag = Atomic<Bool>(false)
  private static let parent = getppid()

  static var isRequested: Bool { flag.load(ordering: .acquiring) || getppid() != parent }

  /// - Throws: ``TrainingInterrupted`` if the worker should stop.
  static func check() throws(TrainingInterrupted) {
    if isRequested { throw TrainingInterrupted() }
  }

  /// Records the parent process; must be called while it is certainly still running.
  static func rememberParent() { _ = parent }

  /// From now on, signals only set the flag. The front program kills a worker that it has asked
  /// twice.
  static func watch() {
    // Initialise the flag before a signal handler can access it.
    _ = isRequested
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number) { _ in Interruption.flag.store(true, ordering: .releasing) }
    }
  }
}
