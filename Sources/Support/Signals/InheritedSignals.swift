import Glibc

/// The signals that the parent process asked this program to ignore: `nohup` ignores SIGHUP, a script's `&`
/// ignores SIGINT.
package enum InheritedSignals {
  /// Signals that request termination and may be ignored; SIGTERM is always handled.
  ///
  /// - Note: read once, before this program sets up its own handling.
  package static let ignored = Set([SIGINT, SIGHUP].filter(isIgnored))

  /// The signals that are handled.
  static var handled: [Int32] { [SIGINT, SIGTERM, SIGHUP].filter { !ignored.contains($0) } }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
