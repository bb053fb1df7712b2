import Diagnostics
import ExperimentConfig
import Reporting
import RunRecord
import WorkerProtocol

/// The context of a run from start to end: the console, the environment and the warnings to record.
package final class RunContext {
  let environment: [String: String]
  var reporter: ConsoleReporter
  private(set) var warnings: [Warning]
  /// Measures where the time goes.
  var profile = ProfileClock()
  private let showsProfile: Bool
  /// Where to show the result of the run.
  private let presentation: Presentation
  private var recordedByWorkers: [String] = []

  /// How a command shows the run that it trained.
  package enum Presentation {
    /// The scores and the directory are the command's result and go to standard output.
    case result
    /// Only the directory goes to standard output.
    case directory
    /// The command has a different result; the scores are shown as progress.
    case progress
  }

  struct Warning: Sendable {
    var text: String
    var reason: String
  }

  package init(
    environment: [String: String], reporter: ConsoleReporter, warnings: [Diagnostic] = [],
    showsProfile: Bool = false, presentation: Presentation = .progress
  ) {
    self.showsProfile = showsProfile
    self.presentation = presentation
    self.environment = environment
    self.reporter = reporter
    self.warnings = warnings.map {
      Warning(text: $0.message, reason: $0.range.map { "\($0)" } ?? "the experiment")
    }
  }

  /// Shows a warning, records it in `run.json` with its reason, and repeats it at the end.
  func warn(_ text: String, because reason: String) {
    warnings.append(Warning(text: text, reason: reason))
    reporter.warn(text + "\n  " + reason)
  }

  /// Records a warning without showing it.
  func note(_ warning: Warning) { warnings.append(warning) }

  /// Shows where the time went if `--profile` was given.
  private func showProfile() {
    if showsProfile { reporter.say(ProfileTable.render(profile.profile)) }
  }

  /// Records a worker's warning for `run.json`.
  ///
  /// - Returns: whether to show the event; `false` for a warning that another fold or seed already
  ///   sent.
  @discardableResult func record(_ event: WorkerEvent) -> Bool {
    guard case .warning(let text) = event else { return true }
    if recordedByWorkers.contains(text) { return false }
    recordedByWorkers.append(text)
    return true
  }

  /// Shows the scores of a finished run, repeats the warnings, and shows its directory.
  ///
  /// - Parameter table: the scores, ending with a line break.
  /// - Throws: ``FileError`` if standard output cannot be written.
  func present(_ table: String, of run: RunDirectory) throws {
    let directory = TerminalText.printable(run.path)
    reporter.say("")
    switch presentation {
    case .result: try StandardOutput.write(table)
    case .directory: break
    case .progress: reporter.say(table)
    }
    showProfile()
    repeatWarnings()
    switch presentation {
    case .result: try StandardOutput.write("  " + directory + "\n")
    case .directory: try StandardOutput.write(directory + "\n")
    case .progress: reporter.say("  " + directory)
    }
  }

  /// Shows the directory of a run that had already finished, if only the directory was requested.
  ///
  /// - Throws: ``FileError`` if standard output cannot be written.
  func presentDirectory(of run: RunDirectory) throws {
    if presentation == .directory {
      try StandardOutput.write(TerminalText.printable(run.path) + "\n")
    }
  }

  /// Repeats the warnings from before training, which may have scrolled out of sight; not with
  /// `--quiet`, where nothing scrolls.
  private func repeatWarnings() {
    if presentation == .directory { return }
    for warning in warnings { reporter.warn(warning.text) }
  }

  package var recordedWarnings: [String] {
    warnings.map { "\($0.text) (\($0.reason))" } + recordedByWorkers
  }
}
