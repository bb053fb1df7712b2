import Diagnostics
import ExperimentConfig
import YAMLSyntax

/// A user's request, from the command line and the `sweep:` section.
package struct SweepRequest: Sendable {
  /// Command-line options; each takes precedence over the file.
  package struct Options: Sendable {
    package var strategy: String?
    package var maxTrials: Int?
    package var seed: UInt64?
    package var objective: String?
    package var keep: String?
    package var minEpochs: Int?
    package var reduction: Int?
    /// The number of concurrent trials; `nil` lets the program decide.
    package var jobs: Int?

    package init() {}
  }

  package private(set) var space: SearchSpace
  package private(set) var overrides: [FixedOverride]
  package private(set) var hasSection: Bool
  package private(set) var strategy: Strategy
  /// The objective as written, not resolved yet.
  package private(set) var objective: String
  package private(set) var objectiveRange: SourceRange?
  /// `nil` if it is set on the command line or not at all.
  package private(set) var minEpochsRange: SourceRange?
  package private(set) var keep: WeightKeeping
  package private(set) var jobs: Int?

  /// - Parameter arguments: `key=value`, `key=[a,b]`, `zip(…)`, `+key=value`, `~key`.
  /// - Throws: ``InputError`` with all errors.
  package init(
    _ arguments: [String], options: Options, source: SourceFile, loader: ExperimentLoader
  ) throws {
    let diagnostics = DiagnosticCollector()
    var reader = ArgumentReader(source: source, loader: loader, diagnostics: diagnostics)
    reader.read(arguments)
    let section = loader.sweepSection(
      in: source, overrides: reader.overrides.map(\.text), into: diagnostics)
    reader.read(section)
    KeyClaims(reader.claims).check(into: diagnostics)
    if diagnostics.hasErrors { throw InputError(diagnostics.sorted) }
    space = SearchSpace(reader.dimensions)
    overrides = reader.overrides
    hasSection = section != nil
    if space.dimensions.isEmpty {
      throw InputError(
        "nothing is swept: no key has several values",
        hint: "write key=[a,b], or a 'sweep:' section in the file")
    }
    objective = try options.objective ?? section?.optional("objective")?.string() ?? "loss"
    objectiveRange = options.objective == nil ? section?.optional("objective")?.range : nil
    minEpochsRange = options.minEpochs == nil ? section?.optional("min_epochs")?.range : nil
    let keepText = try options.keep ?? section?.optional("keep")?.string() ?? "all"
    keep = try Self.choice(keepText, of: "--keep")
    jobs = options.jobs
    if jobs == nil, let value = section?.optional("jobs"), case .integer(let number) = value.content
    {
      jobs = number
    }
    strategy = try Self.strategy(options, section, space)
  }

  private static func choice<Choice: RawRepresentable & CaseIterable>(
    _ text: String, of name: String
  ) throws -> Choice where Choice.RawValue == String {
    if let choice = Choice(rawValue: text) { return choice }
    let all = Choice.allCases.map(\.rawValue)
    throw InputError(
      "'\(name)' takes one of \(all.joined(separator: ", ")), found '\(text)'",
      hint: Suggestion.hint(for: text, among: all))
  }

  private static func strategy(
    _ options: Options, _ section: Resolved?, _ space: SearchSpace
  ) throws -> Strategy {
    let size = space.size
    let word = try options.strategy ?? section?.optional("strategy")?.string()
    let kind: Strategy.Kind = try choice(
      word ?? (size == nil ? "random" : "grid"), of: "--strategy")
    let limit = try options.maxTrials ?? section?.optional("max_trials")?.integer()
    if kind == .grid, size == nil {
      throw InputError(
        "a grid cannot contain a distribution",
        hint: "use --strategy random --max-trials N, or linspace and logspace")
    }
    if size == nil || kind == .random || kind == .tpe, limit == nil {
      throw InputError(
        "'\(kind.rawValue)' needs --max-trials N",
        hint: size.map { "there are \(NumberText.grouped($0)) combinations" })
    }
    let count = min(limit ?? .max, size ?? .max)
    if count > 10_000 {
      throw InputError(
        "\(NumberText.grouped(count)) trials are too many, the maximum is 10,000",
        hint: "--strategy random --max-trials N tries some of them")
    }
    let seed = try options.seed ?? section?.optional("seed").map { UInt64(try $0.integer()) } ?? 0
    return Strategy(
      kind: kind, maxTrials: count, seed: seed,
      minEpochs: try options.minEpochs ?? section?.optional("min_epochs")?.integer() ?? 1,
      reduction: try options.reduction ?? section?.optional("reduction")?.integer() ?? 3)
  }
}
