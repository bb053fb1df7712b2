import Datasets
import Diagnostics
import ExperimentConfig
import Files
import RunRecord

/// Checks whether a run directory still describes the run that was started. A directory is
/// untrusted input: it is checked before a run is resumed, reproduced or used.
package struct RunVerification {
  private let run: RunDirectory
  private let info: RunInfo
  private let loaded: LoadedExperiment

  /// Checks the directory of a run, and those of its folds or seeds.
  ///
  /// - Throws: ``InputError`` that describes the edits; ``FileError`` for a record that cannot be
  ///   read.
  package static func check(_ run: RunDirectory) throws {
    let verification = try RunVerification(run)
    try verification.check()
    for part in RunParts.all(of: run) { try verification.check(part: part) }
  }

  /// A one-line description of the edits; `nil` if the directory is unchanged, or too damaged to
  /// tell.
  package static func summary(_ run: RunDirectory) -> String? {
    // The caller reports damaged files separately.
    guard let verification = try? RunVerification(run), verification.info.identifiedBy != nil else {
      return nil
    }
    do {
      try verification.check()
      return nil
    } catch {
      return (error as? InputError).map(line)
    }
  }

  /// The first of an error's diagnostics, with its notes, on one line.
  package static func line(_ error: InputError) -> String {
    let first = error.diagnostics.prefix(1)
    return (first.map(\.message) + first.flatMap(\.notes).map(\.message)).joined(separator: "; ")
  }

  private init(_ run: RunDirectory) throws {
    self.run = run
    info = try run.readInfo()
    loaded = try Self.load(run)
  }

  private static func load(_ run: RunDirectory) throws -> LoadedExperiment {
    var loader = ExperimentLoader(
      catalog: .standard, environment: [:], processors: 1, frozen: try Plan.recordedText(of: run))
    loader.needsWeights = false
    let diagnostics = DiagnosticCollector()
    let loaded = loader.load(run.file("resolved.yaml"), into: diagnostics)
    guard let loaded, !diagnostics.hasErrors else { throw InputError(diagnostics.sorted) }
    return loaded
  }

  private func check() throws {
    try checkName()
    try checkConfiguration()
    try checkRecord()
  }

  /// Checks that the identity starts with the suffix of the directory's name.
  private func checkName() throws {
    guard let short = RunDirectory.shortIdentity(inName: run.name), !info.identity.hasPrefix(short)
    else { return }
    throw InputError(
      "the directory '\(run.path)' was created for a run whose identity starts with \(short), but "
        + "its run.json belongs to another: \(info.identity.prefix(6))",
      hint: "a run directory cannot be assembled from other runs; start a new run")
  }

  // MARK: Configuration

  private func checkConfiguration() throws {
    guard let parts = info.identifiedBy else { return try checkWithoutRecord() }
    let edits = ConfigurationEdit.edits(from: parts.configuration, to: loaded.resolved)
    if edits.isEmpty { return }
    throw edited(
      edits.map { Diagnostic.note($0.description, at: $0.range) },
      "resolved.yaml differs from what the run was started with")
  }

  /// Older versions did not record the inputs of the identity hash, so it is recomputed.
  private func checkWithoutRecord() throws {
    let wasAllowed = info.warnings.contains { $0.hasPrefix("the run goes on with another") }
    if wasAllowed { return }
    let written = loaded.resolved.withoutDefaults
    for configuration in [loaded.resolved, written] {
      for program in [info.versions.runner, Version.runner] {
        var parts = Identity.Parts(
          configuration: configuration.canonicalForm, dataset: info.dataset.fingerprint,
          weights: info.weights.map { $0.sha256 ?? $0.used }, engine: info.versions.libtorch)
        parts.program = program
        if try Identity(parts).hex == info.identity { return }
      }
    }
    throw edited(
      [.note("the program that started it did not record the original values", at: nil)],
      "resolved.yaml or run.json differs from what the run was started with")
  }

  private func edited(_ notes: [Diagnostic], _ message: String) -> InputError {
    let shown = notes.prefix(20)
    let rest =
      notes.count > 20 ? [Diagnostic.note("and \(notes.count - 20) more", at: nil)] : []
    return InputError([
      Diagnostic(
        .error, "'\(run.path)' was edited: \(message)", at: nil,
        hint: "restore the values, or start a new run: runner \(run.file("resolved.yaml"))",
        notes: shown + rest)
    ])
  }

  // MARK: run.json

  /// Checks redundant values within `run.json`, and between it and `resolved.yaml`.
  private func checkRecord() throws {
    let experiment = loaded.experiment
    var notes: [Diagnostic] = []
    func compare(_ key: String, _ recorded: String, _ expected: String) {
      let text = "\(key): \(expected), now \(recorded)"
      if recorded != expected, !notes.contains(where: { $0.message == text }) {
        notes.append(.note(text, at: nil))
      }
    }
    compare("seed", "\(info.seed)", "\(experiment.seed)")
    compare("threads", "\(info.threads)", "\(experiment.threads)")
    if let precision = info.precision {
      compare("precision", precision, experiment.precision.rawValue)
    }
    compare("dataset.requested", info.dataset.requested, experiment.data.dataset.name)
    if info.dataset.used != experiment.data.fallback?.name {
      compare("dataset.used", info.dataset.used, experiment.data.dataset.name)
    }
    try comparePlace(compare)
    if let parts = info.identifiedBy {
      let adopted = Set(info.adopted ?? [])
      if !adopted.contains("data") {
        compare("dataset.fingerprint", info.dataset.fingerprint, parts.dataset)
        compare(
          "weights", info.weights.map { $0.sha256 ?? $0.used } ?? "none", parts.weights ?? "none")
        let files = (info.files ?? []).hashes
        for (key, hash) in (parts.files ?? [:]).sorted(by: { $0.key < $1.key }) {
          compare("files: \(key)", files[key] ?? "none", hash)
        }
      }
    }
    if !info.dataset.files.isEmpty {
      let acquired = try AcquiredDataset(info.dataset, in: run)
      compare("dataset.fingerprint", info.dataset.fingerprint, acquired.fingerprint)
    }
    if !notes.isEmpty { throw edited(notes, "run.json differs from what the run was started with") }
  }

  /// Checks that a fold or seed is inside its run and matches its directory's name, and that any
  /// other run is neither. A finished part may be copied out of its run.
  private func comparePlace(_ compare: (String, String, String) -> Void) throws {
    let fold = info.fold.map(String.init) ?? "none"
    let repetition = info.repetition.map(String.init) ?? "none"
    let place = PathResolution.absolute(run.path)
    let name = place.split(separator: "/").last ?? ""
    guard case .run(let path)? = RunReference.container(of: run), let kind = RunParts.kind(name),
      let number = name.split(separator: "-").last.map(String.init)
    else {
      var isPart = info.repetition != nil
      if info.fold != nil, case .folds? = loaded.experiment.parts { isPart = true }
      if isPart, info.status == .finished, RunParts.all(of: run).isEmpty { return }
      compare("fold", fold, "none")
      return compare("repetition", repetition, "none")
    }
    switch kind {
    case .fold:
      compare("fold", fold, number)
      compare("repetition", repetition, "none")
    case .seed:
      let above = try Self.load(RunDirectory(path: path)).experiment
      var place: Int?
      if case .seeds(let seeds)? = above.parts { place = seeds.firstIndex { "\($0)" == number } }
      compare("seed", "\(info.seed)", number)
      compare("fold", fold, "none")
      compare("repetition", repetition, place.map { "\($0 + 1)" } ?? "none")
    }
  }

  // MARK: Folds and seeds

  /// Checks that a fold has the configuration of its run; a seed may differ only in the seed.
  private func check(part: RunDirectory) throws {
    let other = try RunVerification(part)
    try other.check()
    if other.info.dataset.used != info.dataset.used {
      throw other.edited(
        [.note("dataset.used: \(info.dataset.used), now \(other.info.dataset.used)", at: nil)],
        "its run.json does not match the run that contains it")
    }
    let recorded = loaded.resolved.canonicalForm
    let edits = ConfigurationEdit.edits(from: recorded, to: other.loaded.resolved).filter { edit in
      other.info.repetition == nil || !["seed", "train.seeds"].contains(edit.key)
    }
    if !edits.isEmpty {
      throw other.edited(
        edits.map { Diagnostic.note($0.description, at: $0.range) },
        "its resolved.yaml does not match the run that contains it")
    }
  }
}
