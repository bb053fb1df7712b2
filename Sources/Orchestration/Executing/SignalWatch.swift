import Dispatch
import Glibc
import Synchronization

/// SIGINT, SIGTERM and SIGHUP (the terminal was closed) as a call instead of death.
final class SignalWatch: @unchecked Sendable {
  // What threads share is atomic; the sources are set before the first signal and stay.
  private let isLater = Atomic<Bool>(false)
  private var sources: [any DispatchSourceSignal] = []

  /// - Parameter action: called for each signal, with whether it is the first.
  init(_ action: @escaping @Sendable (Bool) -> Void) {
    for number in InheritedSignals.heard {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [self] in
        action(!isLater.exchange(true, ordering: .acquiringAndReleasing))
      }
      source.resume()
      sources.append(source)
    }
  }
}
