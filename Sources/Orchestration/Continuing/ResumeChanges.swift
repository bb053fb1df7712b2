import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Planning
import RunRecord

/// The changes made by `key=value` arguments of `runner resume`: the number of epochs, and the
/// location of data that moved. Anything else would be a different run.
package struct ResumeChanges {
  package struct Move {
    package let old: Resolved.NamedPath
    package let new: Resolved.NamedPath
  }

  /// The plan as recorded in the directory.
  package let recorded: Plan
  /// The plan with the changes applied.
  package let plan: Plan
  package let moves: [Move]
  /// The text of `resolved.yaml` with the changes applied.
  package let resolvedText: String

  /// Whether the number of epochs changes.
  package var changesEpochs: Bool { plan.experiment.epochs != recorded.experiment.epochs }

  /// Whether the data set itself has moved.
  package var movesDataset: Bool { moves.contains { $0.old.key.hasPrefix("data.dataset.") } }
  package var movesWeights: Bool {
    moves.contains { $0.old.key == "weights" || $0.old.key.hasPrefix("weights.") }
  }

  /// - Throws: ``InputError`` at the argument that changes anything else.
  package init(_ run: RunDirectory, _ arguments: [String]) throws {
    func plan(_ overrides: [String]) throws -> Plan {
      let diagnostics = DiagnosticCollector()
      let plan = Plan.make(
        of: run, overrides: overrides,
        processors: ProcessInfo.processInfo.activeProcessorCount, needsWeights: false,
        diagnostics: diagnostics)
      guard let plan, !diagnostics.hasErrors else { throw InputError(diagnostics.sorted) }
      return plan
    }
    recorded = try plan([])
    let paths = recorded.loaded.resolved.paths().map(\.key)
    self.plan = try plan(arguments.map { try Self.completed($0, paths) })
    let (before, after) = (recorded.loaded.resolved, self.plan.loaded.resolved)
    moves = Self.moves(from: before, to: after)
    try Self.refuseOthers(from: before, to: after, moves)
    var replacements = moves.compactMap { move in
      move.old.range.map {
        ResolvedYAML.Replacement(
          range: $0, by: Resolved(.path(move.new.path), Self.origin(move.new)))
      }
    }
    if let old = before["train"]?["epochs"], let new = after["train"]?["epochs"],
      let range = old.range, recorded.experiment.epochs != self.plan.experiment.epochs
    {
      replacements.append(ResolvedYAML.Replacement(range: range, by: new))
    }
    resolvedText =
      Self.rewritten(recorded.loaded.source, of: run, replacements, meaning: after)
      ?? ResolvedYAML.render(after, source: self.plan.loaded.source)
  }

  /// Expands an argument whose key is the end of a path's key: `groups=FILE` sets the file of
  /// groups, even if other settings end in the same name.
  private static func completed(_ argument: String, _ paths: [String]) throws -> String {
    guard let equals = argument.firstIndex(of: "=") else { return argument }
    let key = argument[..<equals]
    if paths.contains(String(key)) { return argument }
    let matches = paths.filter { $0.hasSuffix(".\(key)") }
    if matches.count > 1 {
      throw InputError(
        "'\(key)' is ambiguous", hint: "it could be \(matches.joined(separator: ", "))")
    }
    return matches.first.map { $0 + argument[equals...] } ?? argument
  }

  private static func origin(_ path: Resolved.NamedPath) -> Origin {
    path.range.map(Origin.written) ?? .default
  }

  private static func moves(from before: Resolved, to after: Resolved) -> [Move] {
    let new = Dictionary(after.paths().map { ($0.key, $0) }) { first, _ in first }
    return before.paths().compactMap { old in
      guard let new = new[old.key], new.path != old.path else { return nil }
      return Move(old: old, new: new)
    }
  }

  private static func refuseOthers(
    from before: Resolved, to after: Resolved, _ moves: [Move]
  ) throws {
    func texts(_ value: Resolved) -> [String: Resolved.Leaf] {
      Dictionary(value.leaves().map { ($0.path.joined(separator: "."), $0) }) { first, _ in first }
    }
    let (old, new) = (texts(before), texts(after))
    let allowed = Set(moves.map(\.old.key) + ["train.epochs"])
    let changed = Set(old.keys).union(new.keys).subtracting(allowed)
      .filter { old[$0]?.text != new[$0]?.text }
    let edits = ConfigurationEdit.edits(from: before.canonicalForm, to: after)
      .filter { !allowed.contains($0.key) }
    guard let key = changed.union(edits.map(\.key)).sorted().first else { return }
    throw InputError(
      "a run cannot be resumed with a different '\(key)'",
      at: new[key]?.origin.range ?? edits.first { $0.key == key }?.range,
      hint:
        "only train.epochs can be changed, and the path of data that moved; anything else is a new "
        + "run")
  }

  /// The file with a few values replaced and all other lines and comments kept; `nil` if the result
  /// would not have the intended meaning.
  private static func rewritten(
    _ source: SourceFile, of run: RunDirectory, _ replacements: [ResolvedYAML.Replacement],
    meaning wanted: Resolved
  ) -> String? {
    guard let text = ResolvedYAML.replacing(replacements, in: source) else { return nil }
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(
      source.name, environment: [:], processors: 1,
      frozen: [ExperimentLoader.place(source.name): text], needsWeights: false,
      modules: ModuleInspection(of: run), diagnostics: diagnostics)
    guard let resolved = plan?.loaded.resolved, !diagnostics.hasErrors,
      resolved.canonicalForm == wanted.canonicalForm,
      resolved.paths().map(\.path) == wanted.paths().map(\.path)
    else { return nil }
    return text
  }
}
