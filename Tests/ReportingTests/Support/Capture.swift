import Reporting
import Synchronization

/// What a terminal was given to show.
final class Capture: Sendable {
  private let shown = Mutex("")

  var text: String { shown.withLock { $0 } }
  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

  /// What has been shown since the last call.
  func next() -> String {
    shown.withLock { text in
      defer { text = "" }
      return text
    }
  }

  func terminal(
    _ environment: [String: String] = [:], isTerminal: Bool = false, columns: Int = 80
  ) -> Terminal {
    Terminal(
      environment: environment, isTerminal: isTerminal, columns: { columns },
      sink: { [self] text in shown.withLock { $0 += text } })
  }
}
