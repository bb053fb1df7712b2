import Diagnostics
import Files
import FoundationEssentials
import Planning
import RunRecord

/// One call of `runner reproduce`: repeats a run from the records in its directory.
package struct ReproductionSession {
  private let name: String
  private let runsDirectory: String
  private let jobs: Int?
  private let threads: Int?
  private let context: RunContext

  /// - Parameters:
  ///   - name: the name of a run, as given by the user.
  ///   - jobs: the number of folds or seeds to train concurrently; `nil` for as many as the
  ///     processors allow.
  ///   - threads: the number of threads; `nil` for the run's own.
  package init(
    _ name: String, runsDirectory: String, jobs: Int? = nil, threads: Int? = nil,
    _ context: RunContext
  ) {
    self.name = name
    self.runsDirectory = runsDirectory
    self.jobs = jobs
    self.threads = threads
    self.context = context
  }

  /// - Throws: ``InputError`` if the run has not finished, is damaged or continues another.
  package func run() async throws -> Reproduction {
    let old = try RunReference.resolve(name, in: runsDirectory)
    let info = try old.readInfo()
    guard info.status == .finished else {
      throw InputError(
        "'\(old.path)' has not finished", hint: "runner resume \(old.path)")
    }
    try RunVerification.check(old)
    try RunVerification.checkResults(of: old, weights: .ifPresent)
    if let parent = info.identifiedBy?.parent {
      throw InputError(
        "'\(old.path)' continues another run, and its result depends on that one",
        hint:
          "reproduce \(info.parent?.run ?? parent.identity) and continue it with 'runner resume'")
    }
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(
      of: old, overrides: threads.map { ["threads=\($0)"] } ?? [],
      processors: ProcessInfo.processInfo.activeProcessorCount, diagnostics: diagnostics)
    guard let plan, !diagnostics.hasErrors else { throw InputError(diagnostics.sorted) }
    var session = try RunSession(
      plan: plan, experimentPath: old.open("experiment.yaml").path,
      runsDirectory: runsDirectory, places: PartPlaces(jobs: jobs), context: context)
    session.recorded = info
    let (new, _) = try await session.run()
    return try Reproduction(old: old, new: new, plan.experiment)
  }
}
