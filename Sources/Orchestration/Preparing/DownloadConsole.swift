import Datasets
import Diagnostics
import Downloads
import Pretrained
import Reporting

/// Shows the progress of downloads, one line per relevant event.
struct DownloadConsole: Sendable {
  private let terminal: @Sendable (String) -> Void

  init(_ reporter: ConsoleReporter) {
    let sink = reporter.sink
    terminal = { sink($0) }
  }

  func show(_ progress: DownloadProgress) {
    switch progress {
    case .received, .noDataFolder: return
    default: terminal(TerminalText.printable("\(progress)"))
    }
  }

  func show(_ progress: PretrainedProgress) {
    if case .transfer(.received) = progress { return }
    terminal(TerminalText.printable("\(progress)"))
  }
}
