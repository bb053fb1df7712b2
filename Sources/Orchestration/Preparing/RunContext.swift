import Diagnostics
import ExperimentConfig
import Reporting
import RunRecord
import WorkerProtocol

/// What accompanies a run from its start to its end: the console, the environment and the warnings that
/// go into the record.
package final class RunContext {
  let environment: [String: String]
  var reporter: ConsoleReporter
  private(set) var warnings: [Warning]
  /// Where the time goes.
  var profile = ProfileClock()
  private let showsProfile: Bool
  /// Where the result of the run is shown.
  private let presentation: Presentation
  private var recordedByWorkers: [String] = []

  /// How a command shows the run that it has trained.
  package enum Presentation {
    /// The scores and the directory are what was asked for: standard output has them.
    case result
    /// The directory alone on standard output.
    case directory
    /// The command answers something else: the scores are progress.
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

  /// Says a warning now, in `run.json` with its reason, and once more at the end.
  func warn(_ text: String, because reason: String) {
    warnings.append(Warning(text: text, reason: reason))
    reporter.warn(text + "\n  " + reason)
  }

  /// Takes a warning into the record without saying it.
  func note(_ warning: Warning) { warnings.append(warning) }

  /// Shows where the time went, if `--profile` asks for it.
  private func showProfile() {
    if showsProfile { reporter.say(ProfileTable.render(profile.profile)) }
  }

  /// Takes a worker's warning into `run.json`.
  ///
  /// - Returns: whether the event should be shown: a warning that another fold or seed has sent should
  ///   not.
  @discardableResult func record(_ event: WorkerEvent) -> Bool {
    guard case .warning(let text) = event else { return true }
    if recordedByWorkers.contains(text) { return false }
    recordedByWorkers.append(text)
    return true
  }

  /// Shows the scores of a finished run, with the warnings once more, and its directory.
  ///
  /// - Parameter table: the scores; it ends with a line break.
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

  /// Shows the directory of a run that had finished before, if that alone was asked for.
  ///
  /// - Throws: ``FileError`` if standard output cannot be written.
  func presentDirectory(of run: RunDirectory) throws {
    if presentation == .directory {
      try StandardOutput.write(TerminalText.printable(run.path) + "\n")
    }
  }

  /// Repeats the warnings from before the training, which may have scrolled out of sight; with `--quiet`
  /// nothing has.
  private func repeatWarnings() {
    if presentation == .directory { return }
    for warning in warnings { reporter.warn(warning.text) }
  }

  package var recordedWarnings: [String] {
    warnings.map { "\($0.text) (\($0.reason))" } + recordedByWorkers
  }
}
