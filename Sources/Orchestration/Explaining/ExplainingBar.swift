import ExperimentConfig
import Reporting

/// Progress on a terminal, after a second.
final class ExplainingBar {
  private let terminal: Terminal
  private let start = ContinuousClock().now
  private var isShown = false

  init(_ terminal: Terminal) { self.terminal = terminal }

  func show(_ done: Int, of count: Int, _ noun: String) {
    guard terminal.isInteractive, start.duration(to: ContinuousClock().now) > .seconds(1) else {
      return
    }
    let bar = ProgressBar.render(Double(done) / Double(max(count, 1)), width: 20)
    terminal.write(
      "\r\u{1B}[2K  \(bar)  \(NumberText.grouped(done)) of \(NumberText.grouped(count)) \(noun)")
    isShown = true
  }

  func clear() {
    if isShown { terminal.write("\r\u{1B}[2K") }
    isShown = false
  }
}
