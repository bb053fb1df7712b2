import Files
import Glibc

/// The terminal for progress, warnings and errors: standard error.
package struct Terminal: Sendable {
  package let isInteractive: Bool
  package let usesColor: Bool

  private let columns: @Sendable () -> Int
  private let sink: @Sendable (String) -> Void

  /// - Parameter environment: the environment; `NO_COLOR` and `TERM` are read.
  package init(environment: [String: String]) {
    self.init(
      environment: environment, isTerminal: isatty(STDERR_FILENO) == 1,
      columns: { Self.columns(of: STDERR_FILENO) }, sink: { Self.write($0, to: STDERR_FILENO) })
  }

  /// A terminal whose text goes to `sink`.
  package init(
    environment: [String: String], isTerminal: Bool,
    columns: @escaping @Sendable () -> Int = { 80 },
    sink: @escaping @Sendable (String) -> Void
  ) {
    isInteractive = isTerminal && environment["TERM"] != "dumb"
    usesColor = isInteractive && (environment["NO_COLOR"] ?? "").isEmpty
    self.columns = columns
    self.sink = sink
  }

  /// The width in columns, which may change while the program runs; 80 if unknown.
  package var width: Int { columns() }

  /// The width of the terminal behind `descriptor`; 80 if it is not a terminal.
  static func columns(of descriptor: Int32) -> Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Writes text and ignores failures: a closed terminal must not end a training.
  package func write(_ text: String) { sink(text) }

  /// - Returns: `errno` if writing failed, else 0.
  @discardableResult
  static func write(_ text: String, to descriptor: Int32) -> Int32 {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return errno }
      bytes = bytes.dropFirst(count)
    }
    return 0
  }

  package func bold(_ text: String) -> String { styled(text, "1") }
  package func dim(_ text: String) -> String { styled(text, "2") }
  package func green(_ text: String) -> String { styled(text, "32") }
  package func yellow(_ text: String) -> String { styled(text, "33;1") }
  package func red(_ text: String) -> String { styled(text, "31;1") }

  private func styled(_ text: String, _ code: String) -> String {
    usesColor ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
