import DataSchema
import Datasets
import Diagnostics
import Files
import RunRecord
import Signals

extension SweepEngine {
  /// Creates the trial's directory if it does not exist.
  ///
  /// - Returns: `false` if the trial need not or cannot be started.
  func begin(_ task: TrialTask) async throws -> Bool {
    let trial = file.trials[position(task.number)]
    let run = directory.trial(trial)
    if TrialDirectory(reading: run).isThere { return true }
    let diagnostics = DiagnosticCollector()
    guard let plan = planner.plan(trial.number, trial.values, into: diagnostics) else {
      giveUp(trial, unprepared: InputError(diagnostics.sorted))
      return false
    }
    // Other processes see the directory complete or not at all.
    let (temporary, final) = ("trials/.\(trial.directory).tmp", "trials/\(trial.directory)")
    let folder = directory.folder
    try folder.remove(temporary)
    try folder.createFolder(temporary)
    do {
      try await prepare(plan, at: directory.file(temporary))
    } catch is CancellationError where interrupts.wasInterrupted {
      try folder.remove(temporary)
      return false
    } catch let error as InputError {
      try folder.remove(temporary)
      giveUp(trial, unprepared: error)
      return false
    }
    let made = TrialDirectory(reading: RunDirectory(folder.directory(temporary)))
    if let conflict = try conflict(of: made, plan) {
      try folder.remove(temporary)
      // Running trials finish first.
      refusal = InputError(
        conflict,
        hint: "--new starts another sweep, in which all trials have the same data and weights")
      return false
    }
    noteBeginning()
    if let earlier = options.earlier.path(of: made.identity) {
      if let edit = EarlierRuns.edit(of: earlier, as: trial) {
        try folder.remove(temporary)
        refusal = InputError(
          "'\(earlier)' cannot be reused: \(edit)",
          hint: "restore it, or remove --needed to train the trial")
        return false
      }
      try folder.remove(temporary)
      try EarlierRuns.link(RootedDirectory(earlier), to: temporary, in: folder)
      try folder.rename(temporary, to: final)
      try file.keep.apply(to: run)
      refresh(trial.number)
      try writeTable()
      tell(.taken(trial, from: earlier))
      return false
    }
    try folder.rename(temporary, to: final)
    inputs[trial.number] = made.inputs
    return true
  }

  /// - Throws: ``InputError`` if something that the trial needs is not available; ``FileError`` if
  ///   its directory cannot be written, which would fail for every other trial too.
  private func prepare(_ plan: TrialPlan, at path: String) async throws {
    do {
      try await preparation.prepare(plan, at: path)
    } catch let error as DataError {
      throw InputError("\(error)")
    } catch let error as FileError where !error.path.hasPrefix(path) {
      throw InputError("\(error)")
    }
  }

  /// Why a prepared trial cannot be compared with the others that requested the same data and
  /// weights but got different ones: something was not available when one was trained, or files
  /// have changed since. `nil` if it can.
  private func conflict(of made: TrialDirectory, _ plan: TrialPlan) throws -> String? {
    guard let new = made.inputs else { return nil }
    let wanted = try plan.wants()
    for trial in file.trials {
      guard let old = inputs[trial.number] else { continue }
      let conflict = try new.conflict(with: old, of: trial.number) {
        if wants[trial.number] == nil {
          let planned = planner.plan(trial.number, trial.values, into: DiagnosticCollector())
          wants[trial.number] = try planned?.wants()
        }
        return wants[trial.number].map { (wanted, $0) }
      }
      if let conflict { return conflict }
    }
    return nil
  }

  /// The current state of a trial's directory.
  func state(of trial: SweepFile.Trial) -> TrialDirectory {
    var state = TrialDirectory(reading: directory.trial(trial))
    if let edit = edits[trial.number] { state.note(edit) }
    return state
  }

  /// Combines errors, showing those that many trials share only once.
  static func merged(_ errors: [InputError]) -> InputError {
    var seen: Set<String> = []
    let distinct = errors.flatMap(\.diagnostics).filter { seen.insert($0.message).inserted }
    let more = distinct.count - 10
    return InputError(
      distinct.prefix(10)
        + (more > 0 ? [.note("other trials fail with \(more) other errors", at: nil)] : []))
  }
}
