import Datasets
import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Planning
import Reporting

/// An experiment as requested by the user: its file and overrides.
package struct ExperimentRequest {
  private let path: String
  private let overrides: [String]
  private let commands: [String]
  private let environment: [String: String]

  /// - Parameter commands: the commands to suggest if `path` is not a file.
  package init(
    _ path: String, overrides: [String], commands: [String], environment: [String: String]
  ) {
    self.path = path
    self.overrides = overrides
    self.commands = commands
    self.environment = environment
  }

  /// Reads and checks the experiment.
  ///
  /// - Parameter processors: the number of processors it will run on; `nil` for those of this
  ///   machine.
  /// - Parameter isQuiet: whether no progress is shown.
  /// - Returns: the plan and the warnings.
  /// - Throws: ``InputError`` with all errors.
  package func plan(
    runsDirectory: String = "runs", processors: Int? = nil, isQuiet: Bool = false
  ) throws -> (Plan, warnings: [Diagnostic]) {
    try refuseWhatMeansACommand()
    try Self.refuseMissing(path)
    let diagnostics = DiagnosticCollector()
    let steps = StepLine(Terminal(environment: environment), isQuiet: isQuiet)
    defer { steps.clear() }
    let data = DataEnvironment(
      variables: environment, workingDirectory: PathResolution.workingDirectory,
      progress: { steps.show($0, $1, of: $2) })
    let plan = Plan.make(
      path, overrides: overrides, environment: environment, data: data,
      processors: processors ?? ProcessInfo.processInfo.activeProcessorCount,
      runsDirectory: runsDirectory, diagnostics: diagnostics)
    guard let plan, !diagnostics.hasErrors else { throw InputError(diagnostics.sorted) }
    return (plan, diagnostics.sorted)
  }

  /// `runner chek` is a mistyped command, not a missing file.
  private func refuseWhatMeansACommand() throws {
    let looksLikeFile = path.contains("/") || path.contains(".")
    if looksLikeFile || FileManager.default.fileExists(atPath: path) { return }
    throw InputError(
      "'\(path)' is neither an experiment file nor a command",
      hint: Suggestion.hint(for: path, among: commands)
        ?? "commands: " + commands.joined(separator: ", "))
  }

  /// - Throws: ``InputError`` with the nearest name if there is no such file.
  package static func refuseMissing(_ path: String) throws {
    if FileManager.default.fileExists(atPath: path) { return }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let name = parts.last ?? path
    let own = parts.dropLast().map { $0 + "/" }.joined()
    for folder in [own, own + "experiments/"] {
      let names =
        (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
      let known = names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
      if let nearest = Suggestion.nearest(to: name, among: known) {
        throw InputError("no such file: '\(path)'", hint: "did you mean '\(folder)\(nearest)'?")
      }
    }
    throw InputError(
      "no such file: '\(path)'",
      hint: "'runner init --data FOLDER_OR_CSV' writes an experiment for your own data")
  }
}
