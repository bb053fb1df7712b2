import Diagnostics
import ExperimentConfig
import YAMLSyntax

/// Separates swept keys from the overrides that all trials share.
struct ArgumentReader {
  let source: SourceFile
  let loader: ExperimentLoader
  let diagnostics: DiagnosticCollector
  var dimensions: [SearchSpace.Dimension] = []
  var overrides: [FixedOverride] = []
  /// The claims of each key, to find those that contradict each other.
  private(set) var claims: [KeyClaim] = []
  /// The keys set on the command line, which override the section's entries for them.
  private var taken: Set<String> = []

  init(source: SourceFile, loader: ExperimentLoader, diagnostics: DiagnosticCollector) {
    self.source = source
    self.loader = loader
    self.diagnostics = diagnostics
  }

  /// - Note: Arguments that cannot be swept are applied first: they decide what the other keys mean.
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
        // The error has already been reported.
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

  /// Records the removal of a key. If the key does not exist, that is reported where the overrides
  /// are applied.
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
        "zipped lists must have the same length: " + words.joined(separator: ", "))
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
          "zipped lists must have the same length: " + words.joined(separator: ", "),
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

  /// Reads one key of the section, unless the command line sets the same one.
  private mutating func read(
    _ entry: YAMLEntry, _ certain: [String],
    _ keep: (inout ArgumentReader, PlacedKey, SearchSpace.Domain) -> Void
  ) {
    let own = DiagnosticCollector()
    let place = loader.places(of: [entry.key], in: source, overrides: certain, into: own)
    for diagnostic in own.sorted {
      // The key's location in the file, not in the override made from it.
      diagnostics.report(
        Diagnostic(
          diagnostic.severity, diagnostic.message, at: entry.keyRange, hint: diagnostic.hint))
    }
    guard let place = place[0], !taken.contains(place.name) else { return }
    let key = (written: entry.key, place: place)
    if let items = entry.value.sequence {
      if items.isEmpty {
        diagnostics.error("'\(entry.key)' has no value", at: entry.value.range)
      } else {
        keep(&self, key, .values(items.map { [FlowText.render($0)] }))
      }
      return
    }
    guard let text = entry.value.scalar?.text, !entry.value.isNull else {
      diagnostics.error(
        "expected a list of values for '\(entry.key)', found \(entry.value.kindDescription)",
        at: entry.value.range, hint: "or a string such as \"range[32:128:32]\"")
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
