import Glibc
import Synchronization

/// Whether somebody wants the worker to stop: SIGTERM, Ctrl-C or a closed terminal.
enum Interruption {
  private static let flag = Atomic<Bool>(false)

  static var isRequested: Bool { flag.load(ordering: .acquiring) }

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
