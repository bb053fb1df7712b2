import Datasets
import Diagnostics
import Downloads
import Pretrained
import Reporting
import WorkerProtocol

/// Shows the progress of downloads: a line for each event, and how much has been received.
struct DownloadConsole: Sendable {
  private let terminal: @Sendable (String) -> Void
  private let steps: StepLine

  init(_ reporter: ConsoleReporter) {
    let sink = reporter.sink
    terminal = { sink($0) }
    steps = reporter.steps
  }

  func show(_ progress: DownloadProgress) {
    switch progress {
    case .received(_, let bytes, let total): received(bytes, of: total)
    case .noDataFolder: return
    default: terminal(TerminalText.printable("\(progress)"))
    }
  }

  func show(_ progress: PretrainedProgress) {
    if case .transfer(.received(_, let bytes, let total)) = progress {
      return received(bytes, of: total)
    }
    terminal(TerminalText.printable("\(progress)"))
  }

  private func received(_ bytes: Int, of total: Int?) {
    steps.show("downloading", bytes, of: total ?? 0, unit: .bytes)
  }
}
