import Diagnostics
import ExperimentConfig
import Files

extension RunReference {
  /// A run or a whole sweep, as the user names it.
  package enum Target: Sendable {
    case run(RunDirectory)
    /// The path of its directory.
    case sweep(String)

    package var path: String {
      switch self {
      case .run(let run): run.path
      case .sweep(let path): path
      }
    }
  }

  /// The run or sweep that `text` refers to: a directory, a name prefix, `latest`, `sweep` for the
  /// latest sweep, or a trial. A prefix that matches both runs and sweeps refers to a run; one that
  /// matches several sweeps, to the newest.
  ///
  /// - Throws: ``InputError`` that lists the candidates, or suggests the nearest one.
  package static func resolveTarget(
    _ text: String, in runsDirectory: String
  ) throws(InputError) -> Target {
    let path = withoutSlash(text)
    if SweepCatalog.isSweep(path) { return .sweep(path) }
    if text == "sweep" { return .sweep(try resolveSweep(text, in: runsDirectory)) }
    if !text.isEmpty, !text.contains("/"), !text.hasPrefix("latest"),
      !RunCatalog.isRun(text), !candidates(text, in: runsDirectory).contains(where: \.isRun),
      let sweep = try sweep(text, in: runsDirectory)
    {
      return .sweep(sweep)
    }
    if !text.isEmpty, !text.contains("/"), !text.hasPrefix("latest"), !RunCatalog.isFolder(text),
      candidates(text, in: runsDirectory).isEmpty, let tagged = try tagged(text, in: runsDirectory)
    {
      return tagged
    }
    return .run(try resolve(text, in: runsDirectory))
  }

  /// The run or sweep with a tag; `nil` if none has it.
  ///
  /// - Throws: ``InputError`` that lists them if there are several.
  static func tagged(
    _ tag: String, in runsDirectory: String
  ) throws(InputError) -> Target? {
    if RunTag.problem(of: tag) != nil { return nil }
    // A folder that cannot be listed is reported when the name is looked up.
    let names = (try? RunCatalog.folders(in: runsDirectory)) ?? []
    var found: [(name: String, target: Target)] = []
    for name in names {
      let path = "\(runsDirectory)/\(name)"
      // Damaged annotations are reported when the run itself is shown.
      guard let tags = try? RunAnnotations.read(in: RootedDirectory(path)).tags, tags.contains(tag)
      else { continue }
      if RunCatalog.isRun(path) {
        found.append((name, .run(RunDirectory(path: path))))
      } else if SweepCatalog.isSweep(path) {
        found.append((name, .sweep(path)))
      }
    }
    guard found.count > 1 else { return found.first?.target }
    throw InputError([
      Diagnostic(
        .error, "\(found.count) runs in '\(runsDirectory)' have the tag '\(tag)'", at: nil,
        hint: "give the name of one of them",
        notes: found.map(\.name).sorted().prefix(10).map { .note($0, at: nil) })
    ])
  }

  /// The same for a command that removes things: an ambiguous prefix is an error.
  package static func resolveUnique(
    _ text: String, in runsDirectory: String
  ) throws(InputError) -> Target {
    let found = candidates(text, in: runsDirectory)
    if found.count > 1, !text.isEmpty, !found.contains(where: { $0.name == text }),
      !RunCatalog.isFolder(text)
    {
      throw InputError([
        Diagnostic(
          .error, "'\(text)' matches \(found.count) names in '\(runsDirectory)'", at: nil,
          hint: "give more of the name",
          notes: found.prefix(10).map { .note($0.name, at: nil) })
      ])
    }
    return try resolveTarget(text, in: runsDirectory)
  }

  /// The sweep that `text` refers to.
  ///
  /// - Throws: ``InputError``, also if it refers to a run.
  package static func resolveSweep(
    _ text: String, in runsDirectory: String
  ) throws(InputError) -> String {
    let path = withoutSlash(text)
    if SweepCatalog.isSweep(path) { return path }
    if let sweep = try sweep(text, in: runsDirectory) { return sweep }
    if text == "sweep" { throw InputError("there are no sweeps in '\(runsDirectory)'") }
    switch try resolveTarget(text, in: runsDirectory) {
    case .sweep(let path): return path
    case .run(let run):
      throw InputError(
        "'\(run.path)' is a run, not a sweep", hint: "runner show \(text)")
    }
  }

  /// The run or sweep that contains a run, which therefore cannot be moved by itself.
  package enum Container: Sendable, Equatable {
    /// The run of which it is a fold or a seed.
    case run(String)
    /// The sweep of which it is a trial.
    case sweep(String)
  }

  /// `nil` for a standalone run.
  package static func container(of run: RunDirectory) -> Container? {
    let folders = PathResolution.absolute(run.path).split(separator: "/")
    let parent = "/" + folders.dropLast().joined(separator: "/")
    if RunParts.kind(folders.last ?? "") != nil, RunCatalog.isRun(parent) { return .run(parent) }
    let sweep = "/" + folders.dropLast(2).joined(separator: "/")
    if folders.dropLast().last == "trials", SweepCatalog.isSweep(sweep) { return .sweep(sweep) }
    return nil
  }

  static func withoutSlash(_ text: String) -> String {
    var path = text
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }

  /// Runs and sweeps whose names start with `text`, newest first.
  private static func candidates(
    _ text: String, in runsDirectory: String
  ) -> [(name: String, isRun: Bool)] {
    // A folder that cannot be listed is reported when the name is looked up.
    let runs = (try? RunCatalog.names(in: runsDirectory)) ?? []
    let sweeps = (try? SweepCatalog.names(in: runsDirectory)) ?? []
    return runs.filter { $0.hasPrefix(text) }.map { ($0, true) }
      + sweeps.filter { $0.hasPrefix(text) }.map { ($0, false) }
  }
}
