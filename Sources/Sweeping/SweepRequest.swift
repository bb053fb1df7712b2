import Diagnostics
import ExperimentConfig
import YAMLSyntax

/// What a person asks for, on the command line and in the `sweep:` section, in one form.
package struct SweepRequest: Sendable {
  /// The options of the command line; each comes before what the file says.
  package struct Options: Sendable {
    package var strategy: String?
    package var maxTrials: Int?
    package var seed: UInt64?
    package var objective: String?
    package var keep: String?
    package var minEpochs: Int?
    package var reduction: Int?
    /// Trials at the same time; nothing lets the program decide.
    package var jobs: Int?

    package init() {}
  }

  package private(set) var space: SearchSpace
  package private(set) var overrides: [FixedOverride]
  package private(set) var hasSection: Bool
  package private(set) var strategy: Strategy
  /// Not yet looked up.
  package private(set) var objective: String
  package private(set) var objectiveRange: SourceRange?
  /// `nil` if the command line has it, or nobody.
  package private(set) var minEpochsRange: SourceRange?
  package private(set) var keep: WeightKeeping
  package private(set) var jobs: Int?

  /// - Parameter arguments: `key=value`, `key=[a,b]`, `zip(…)`, `+key=value`, `~key`.
  /// - Throws: ``InputError`` with everything that is wrong.
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
        "a grid has no room for a distribution",
        hint: "write --strategy random --max-trials N, or linspace and logspace")
    }
    if size == nil || kind == .random || kind == .tpe, limit == nil {
      throw InputError(
        "how many trials? '\(kind.rawValue)' needs --max-trials N",
        hint: size.map { "there are \(NumberText.grouped($0)) combinations" })
    }
    let count = min(limit ?? .max, size ?? .max)
    if count > 10_000 {
      throw InputError(
        "\(NumberText.grouped(count)) trials are too many, 10,000 are the most",
        hint: "--strategy random --max-trials N tries some of them")
    }
    let seed = try options.seed ?? section?.optional("seed").map { UInt64(try $0.integer()) } ?? 0
    return Strategy(
      kind: kind, maxTrials: count, seed: seed,
      minEpochs: try options.minEpochs ?? section?.optional("min_epochs")?.integer() ?? 1,
      reduction: try options.reduction ?? section?.optional("reduction")?.integer() ?? 3)
  }
}

/// Tells what is swept from what all trials share.
private struct ArgumentReader {
  let source: SourceFile
  let loader: ExperimentLoader
  let diagnostics: DiagnosticCollector
  var dimensions: [SearchSpace.Dimension] = []
  var overrides: [FixedOverride] = []
  /// What each key says, to find those that contradict each other.
  private(set) var claims: [KeyClaim] = []
  /// What the command line says something of; the section then does not.
  private var taken: Set<String> = []

  init(source: SourceFile, loader: ExperimentLoader, diagnostics: DiagnosticCollector) {
    self.source = source
    self.loader = loader
    self.diagnostics = diagnostics
  }

  /// - Note: What can be no sweep is applied first: it decides what the other keys mean.
  mutating func read(_ arguments: [String]) {
    let certain = arguments.filter { argument in
      guard let sign = argument.firstIndex(of: "=") else { return true }
      return !SweepSyntax.isZip(argument)
        && !argument[sign...].contains { $0 == "," || $0 == "[" }
    }
    let keys = arguments.filter { !SweepSyntax.isZip($0) }.map { String($0.prefix { $0 != "=" }) }
    let simple = keys.filter { !$0.hasPrefix("~") && !$0.isEmpty }
    let places = places(simple, certain)
    defer { taken = Set(claims.filter { $0.action != .remove }.map(\.place.name)) }
    for argument in arguments {
      do throws(SweepSyntax.Failure) {
        if let parts = try SweepSyntax.zip(argument) {
          try add(zip: parts, certain, at: place(argument))
          continue
        }
        guard let sign = argument.firstIndex(of: "="), !argument.hasPrefix("~"),
          sign != argument.startIndex
        else {
          overrides.append(FixedOverride(argument))
          if argument.hasPrefix("~") { addRemoval(argument, certain) }
          continue
        }
        let key = String(argument[..<sign])
        // Its error has been reported.
        guard let place = places[key] else { continue }
        let text = String(argument[argument.index(after: sign)...])
        switch try SweepSyntax.read(text, kind: place.kind) {
        case .plain:
          overrides.append(FixedOverride(argument, isComponent: place.kind == .component))
          var claim = KeyClaim(.set, key, place, [text], at: self.place(argument))
          claim.isCertain = certain.contains(argument)
          claims.append(claim)
        case .axis(let domain):
          add([(key, place)], domain, at: self.place(argument))
        }
      } catch {
        diagnostics.error(error.message, at: place(argument), hint: error.hint)
      }
    }
  }

  private func place(_ argument: String) -> SourceRange {
    let file = SourceFile(name: "command line", text: argument, kind: .commandLine)
    return SourceRange(
      file: file, start: Position(line: 1, column: 1),
      end: Position(line: 1, column: argument.unicodeScalars.count + 1))
  }

  private func places(_ keys: [String], _ certain: [String]) -> [String: KeyPlace] {
    let places = loader.places(of: keys, in: source, overrides: certain, into: diagnostics)
    return Dictionary(
      zip(keys, places).compactMap { key, place in place.map { (key, $0) } }
    ) { $1 }
  }

  private func key(_ written: String, _ place: KeyPlace) -> SearchSpace.Key {
    SearchSpace.Key(
      written: written, path: place.name, isInteger: place.kind == .integer,
      isComponent: place.kind == .component)
  }

  /// A key that is not there to be removed is reported where the overrides are applied.
  private mutating func addRemoval(_ argument: String, _ certain: [String]) {
    let key = String(argument.dropFirst())
    let others = certain.filter { !$0.hasPrefix("~") }
    guard !key.isEmpty, !key.contains("="),
      let place = loader.places(
        of: [key], in: source, overrides: others, into: DiagnosticCollector())[0]
    else { return }
    claims.append(KeyClaim(.remove, key, place, at: self.place(argument)))
  }

  private typealias PlacedKey = (written: String, place: KeyPlace)

  private mutating func add(
    _ keys: [PlacedKey], _ domain: SearchSpace.Domain, at range: SourceRange
  ) {
    for (index, key) in keys.enumerated() {
      claims.append(
        KeyClaim(.sweep, key.written, key.place, domain.texts(ofKey: index), at: range))
    }
    dimensions.append(
      SearchSpace.Dimension(keys: keys.map { self.key($0.written, $0.place) }, domain: domain))
  }

  private mutating func add(
    zip parts: [(key: String, values: String)], _ certain: [String], at range: SourceRange
  ) throws(SweepSyntax.Failure) {
    let places = places(parts.map(\.key), certain)
    var keys: [PlacedKey] = []
    var columns: [[String]] = []
    for part in parts {
      guard let place = places[part.key] else { continue }
      guard case .axis(.values(let rows)) = try SweepSyntax.read(part.values, kind: place.kind)
      else {
        throw SweepSyntax.Failure("'\(part.key)' in 'zip' has no list of values")
      }
      keys.append((part.key, place))
      columns.append(rows.map { $0[0] })
    }
    guard keys.count == parts.count else { return }
    let counts = Set(columns.map(\.count))
    guard counts.count == 1, let count = counts.first else {
      let words = zip(keys, columns).map { "\($0.written) has \($1.count)" }
      throw SweepSyntax.Failure(
        "what is zipped must have as many values: " + words.joined(separator: ", "))
    }
    add(keys, .values((0..<count).map { row in columns.map { $0[row] } }), at: range)
  }

  // MARK: The section

  mutating func read(_ section: Resolved?) {
    let certain = overrides.map(\.text)
    if case .raw(let node)? = section?["parameters"]?.content {
      for entry in node.mapping ?? [] {
        read(entry, certain) { reader, key, domain in
          reader.add([key], domain, at: entry.keyRange)
        }
      }
    }
    guard let groups = try? section?.optional("zip")?.list() else { return }
    for group in groups {
      guard case .raw(let node) = group.content else { continue }
      var keys: [PlacedKey] = []
      var columns: [[String]] = []
      var ranges: [SourceRange] = []
      for entry in node.mapping ?? [] {
        read(entry, certain) { reader, key, domain in
          guard case .values(let rows) = domain else {
            reader.diagnostics.error(
              "'\(entry.key)' in 'zip' has no list of values", at: entry.value.range)
            return
          }
          keys.append(key)
          columns.append(rows.map { $0[0] })
          ranges.append(entry.keyRange)
        }
      }
      guard !keys.isEmpty else { continue }
      if Set(columns.map(\.count)).count > 1 {
        let words = zip(keys, columns).map { "\($0.written) has \($1.count)" }
        diagnostics.error(
          "what is zipped must have as many values: " + words.joined(separator: ", "),
          at: node.range)
      } else {
        let domain = SearchSpace.Domain.values(
          columns[0].indices.map { row in columns.map { $0[row] } })
        for (index, key) in keys.enumerated() {
          claims.append(
            KeyClaim(
              .sweep, key.written, key.place, domain.texts(ofKey: index), at: ranges[index]))
        }
        dimensions.append(.init(keys: keys.map { self.key($0.written, $0.place) }, domain: domain))
      }
    }
  }

  /// Reads one key of the section, unless the command line says something of the same.
  private mutating func read(
    _ entry: YAMLEntry, _ certain: [String],
    _ keep: (inout ArgumentReader, PlacedKey, SearchSpace.Domain) -> Void
  ) {
    let own = DiagnosticCollector()
    let place = loader.places(of: [entry.key], in: source, overrides: certain, into: own)
    for diagnostic in own.sorted {
      // Where the key stands in the file, and not the override that stood for it.
      diagnostics.report(
        Diagnostic(
          diagnostic.severity, diagnostic.message, at: entry.keyRange, hint: diagnostic.hint))
    }
    guard let place = place[0], !taken.contains(place.name) else { return }
    let key = (written: entry.key, place: place)
    if let items = entry.value.sequence {
      if items.isEmpty {
        diagnostics.error("'\(entry.key)' holds no value", at: entry.value.range)
      } else {
        keep(&self, key, .values(items.map { [FlowText.render($0)] }))
      }
      return
    }
    guard let text = entry.value.scalar?.text, !entry.value.isNull else {
      diagnostics.error(
        "expected a list of values for '\(entry.key)', found \(entry.value.kindInWords)",
        at: entry.value.range, hint: "or a text such as \"range[32:128:32]\"")
      return
    }
    do throws(SweepSyntax.Failure) {
      switch try SweepSyntax.read(text, kind: place.kind) {
      case .plain: keep(&self, key, .values([[FlowText.render(entry.value)]]))
      case .axis(let domain): keep(&self, key, domain)
      }
    } catch {
      diagnostics.error(error.message, at: entry.value.range, hint: error.hint)
    }
  }
}
