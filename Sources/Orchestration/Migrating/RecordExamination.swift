import Diagnostics
import ExperimentConfig
import Files
import Graph
import Planning
import RunRecord
import Sweeping

/// Checks whether this version can use a run or sweep directory of an earlier one.
///
/// Nothing in such a directory is ever rewritten: its files are what its manifest and identity are about. Every
/// format so far is read as it is.
package struct RecordExamination {
  package let path: String
  /// The version of the program that wrote it; `nil` for a sweep, which does not say.
  package let program: String?
  /// The format of the run directory; `nil` for a sweep.
  package let format: Int?
  /// Why this version cannot use it although nothing in it is damaged.
  package let problems: [String]
  /// How many folds, seeds or trials were checked with it.
  package let parts: Int

  /// Checks a run and its folds or seeds: every record is read, and files are compared with their hashes.
  ///
  /// - Throws: ``InputError`` or ``FileError`` that says what is damaged or was edited.
  package init(run: RunDirectory) throws {
    let info = try run.readInfo()
    path = run.path
    program = info.versions.runner
    format = info.format ?? 1
    problems = try Self.problems(of: run, info)
    parts = RunParts.all(of: run).count
  }

  /// Checks a sweep and those of its trials that have started.
  ///
  /// - Throws: as ``init(run:)``.
  package init(sweep: SweepDirectory) throws {
    path = sweep.path
    program = nil
    format = nil
    var problems: [String] = []
    var parts = 0
    for trial in try sweep.read().trials {
      let run = sweep.trial(trial)
      guard RunCatalog.isRun(run.path) else { continue }
      for problem in try Self.problems(of: run, run.readInfo()) where !problems.contains(problem) {
        problems.append(problem)
      }
      parts += 1
    }
    self.problems = problems
    self.parts = parts
  }

  /// - Throws: ``InputError`` or ``FileError`` for what is damaged or was edited.
  private static func problems(of run: RunDirectory, _ info: RunInfo) throws -> [String] {
    let problems = problems(of: run)
    // Its configuration cannot be compared with what was recorded if it cannot be read.
    if problems.isEmpty { try RunVerification.check(run) }
    guard info.status == .finished else { return problems }
    try RunVerification.checkResults(of: run, weights: .ifPresent)
    for part in RunParts.all(of: run) where try part.readInfo().status == .finished {
      try RunVerification.checkResults(of: part, weights: .ifPresent)
    }
    return problems
  }

  private static func problems(of run: RunDirectory) -> [String] {
    let diagnostics = DiagnosticCollector()
    _ = Plan.make(of: run, processors: 1, needsWeights: false, diagnostics: diagnostics)
    // Anything else, such as data that have moved, is as it was.
    return diagnostics.sorted.compactMap { diagnostic in
      if let name = NodeNameClash.name(in: diagnostic) {
        return "a node of its model has the name of the data set's input, '\(name)'"
      }
      return BlockNameClash.earlierName(in: diagnostic).map { name in
        "a block of its model has the name of the layer '\(name)', which is new"
      }
    }.map { $0 + ": its model cannot be used; migrate the experiment file and train it again" }
  }
}
