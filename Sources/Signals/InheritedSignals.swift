import Glibc

/// The signals that whoever started this program wants it to ignore: `nohup` does so for a closed
/// terminal, a script's `&` for Ctrl-C.
package enum InheritedSignals {
  /// Those that ask for the end and can be ignored; SIGTERM is meant for this program and always heard.
  ///
  /// - Note: read once, before this program sets up its own handling.
  package static let ignored = Set([SIGINT, SIGHUP].filter(isIgnored))

  /// Those that are watched.
  static var heard: [Int32] { [SIGINT, SIGTERM, SIGHUP].filter { !ignored.contains($0) } }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
