import Diagnostics
import ExperimentConfig
import Reporting
import RunRecord

/// What accompanies a run from its start to its end: the console, the environment and the warnings that
/// go into the record.
final class RunContext {
  let environment: [String: String]
  var reporter: ConsoleReporter
  private(set) var warnings: [Warning]
  /// Where the time goes.
  var profile = ProfileClock()
  private let showsProfile: Bool
  private var recordedByWorkers: [String] = []

  struct Warning: Sendable {
    var text: String
    var reason: String
  }

  init(
    environment: [String: String], reporter: ConsoleReporter, warnings: [Diagnostic] = [],
    showsProfile: Bool = false
  ) {
    self.showsProfile = showsProfile
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

  /// Says where the time went, where that was asked for.
  func showProfile() {
    if showsProfile { reporter.say(ProfileTable.render(profile.profile)) }
  }

  /// Takes a worker's warning into `run.json`.
  ///
  /// - Returns: whether the event should be shown: a warning that another fold or seed has sent should
  ///   not.
  @discardableResult func record(_ event: RunEvent) -> Bool {
    guard case .warning(let text) = event else { return true }
    if recordedByWorkers.contains(text) { return false }
    recordedByWorkers.append(text)
    return true
  }

  /// Says all warnings once more.
  func repeatWarnings() {
    for warning in warnings { reporter.warn(warning.text) }
  }

  var recordedWarnings: [String] {
    warnings.map { "\($0.text) (\($0.reason))" } + recordedByWorkers
  }
}
