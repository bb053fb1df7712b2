import Diagnostics
import Files
import RunRecord

extension RunVerification {
  /// Checks that a run, fold or seed that is recorded as finished has all required files.
  ///
  /// - Throws: ``InputError`` that names the missing file.
  package static func checkIsFinished(_ run: RunDirectory) throws {
    let info = try run.readInfo()
    // Older versions wrote no manifest for folds and seeds.
    let hasManifest = info.part == nil || info.manifest != nil
    for name in ["summary.json"] + (hasManifest ? [Manifest.name] : [])
    where try run.folder.kind(of: name) == nil {
      throw InputError(
        "'\(run.path)' is recorded as finished, but \(run.file(name)) is missing",
        hint:
          "restore the file; if 'status' in run.json was edited, restore it, and 'runner resume' "
          + "continues the run")
    }
  }

  /// Checks that the files of a finished run, fold or seed are unchanged.
  ///
  /// - Throws: ``InputError`` or ``FileError`` that names the first changed file.
  package static func checkResults(
    of run: RunDirectory, weights: Manifest.WeightsCheck
  ) throws {
    try checkIsFinished(run)
    try Manifest.check(run, sha256: run.readInfo().manifest, weights: weights)
  }

  /// Checks the files of all finished folds or seeds of an unfinished run, because the result of
  /// the whole run is computed from them.
  ///
  /// - Throws: the same errors as ``checkResults(of:weights:)``.
  package static func checkFinishedParts(of run: RunDirectory) throws {
    for part in RunParts.all(of: run) where try part.readInfo().status == .finished {
      try checkResults(of: part, weights: .required)
    }
  }
}
