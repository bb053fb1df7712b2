import Glibc
import Synchronization

/// Whether somebody wants the worker to stop: SIGTERM, Ctrl-C or a closed terminal. The death of the
/// front program means the same, since nobody would hear of the result; the next front program waits
/// until this worker has ended.
enum Interruption {
  private static let flag = Atomic<Bool>(false)
  private static let parent = getppid()

  static var isRequested: Bool { flag.load(ordering: .acquiring) || getppid() != parent }

  /// Before the parent can have gone.
  static func rememberParent() { _ = parent }

  /// From here on the signals only raise the flag. The front program kills a worker that is asked
  /// twice.
  static func watch() {
    // The flag must be there before a signal handler can touch it.
    _ = isRequested
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number) { _ in Interruption.flag.store(true, ordering: .releasing) }
    }
  }
}
