import Diagnostics
import OrderedCollections
import YAMLSyntax

/// An experiment file after reading, merging, overriding, interpolating and checking.
package struct LoadedExperiment: Sendable {
  /// The loaded file, as read.
  package let source: SourceFile
  package private(set) var experiment: Experiment
  package private(set) var resolved: Resolved
  /// The replaced values by dotted path, oldest first.
  package let history: [String: [Superseded]]
  /// The loaded file and those it extends.
  package let files: [SourceFile]
}

/// State collected while files are read.
struct ReadingRecord {
  var history: [String: [Superseded]] = [:]
  var files: [SourceFile] = []
}

/// The valid parts of an invalid experiment, so that problems in them are reported in the same pass.
package struct PartialExperiment: Sendable {
  package let dataset: ResolvedComponent
  /// `nil` if the transforms are invalid.
  package let transforms: [ResolvedComponent]?
  /// Empty if the losses are invalid.
  package let losses: [ResolvedComponent]
  /// Empty if the model is invalid.
  package let model: [ModelNode]
  /// As in ``Experiment/outputs``; `nil` if they are invalid.
  package let outputs: [ModelNode.Reference]?
}

extension LoadedExperiment {
  /// Whether the file leaves the number of threads to the program.
  package var decidesThreads: Bool {
    if case .derived? = resolved["threads"]?.origin { true } else { false }
  }

  /// Sets the number of threads for `auto`, with the reason.
  package mutating func decide(threads: Int, because reason: String) {
    guard case .record(var values) = resolved.content else { return }
    values["threads"] = Resolved(.integer(threads), .derived(reason))
    resolved.content = .record(values)
    experiment.threads = threads
  }

  /// Sets the directory of the run that provides the weights, so that the resolved experiment keeps
  /// referring to that run.
  package mutating func decide(weightsOfRun path: String) { decide("weights", run: path) }

  /// The same for the run of the teacher.
  package mutating func decide(teacherRun path: String) {
    decide("teacher", run: path)
    experiment.teacher?.run = path
  }

  /// - Parameter key: of a section with the key `run`.
  private mutating func decide(_ key: String, run path: String) {
    guard case .record(var values) = resolved.content, var section = values[key],
      case .record(var parts) = section.content, let run = parts["run"]
    else { return }
    var decided = Resolved(.string(path), run.origin)
    decided.isCosmetic = true
    parts["run"] = decided
    section.content = .record(parts)
    values[key] = section
    resolved.content = .record(values)
  }
}

/// Loads experiments: from YAML text to a typed experiment.
package struct ExperimentLoader: Sendable {
  package let catalog: Catalog
  package let environment: [String: String]
  /// The number of threads for `threads: auto`.
  package let processors: Int
  /// Contents that were read earlier, by absolute path; these files are not read again.
  package let frozen: [String: String]
  /// Whether the file with the initial weights must exist; not required once training has started
  /// from them.
  package var needsWeights = true

  package init(
    catalog: Catalog, environment: [String: String], processors: Int,
    frozen: [String: String] = [:]
  ) {
    self.catalog = catalog
    self.environment = environment
    self.processors = processors
    self.frozen = frozen
  }

  /// Loads a file with the command line's overrides.
  ///
  /// - Parameter salvage: receives the valid parts of an invalid experiment.
  /// - Returns: `nil` if there were errors; all of them are in `diagnostics`.
  package func load(
    _ path: String, overrides: [String] = [], into diagnostics: DiagnosticCollector,
    salvage: (PartialExperiment) -> Void = { _ in }
  ) -> LoadedExperiment? {
    do {
      let source = try read(path)
      return load(source, overrides: overrides, into: diagnostics, salvage: salvage)
    } catch let error as InputError {
      error.diagnostics.forEach(diagnostics.report)
    } catch {
      diagnostics.error("\(error)", at: nil)
    }
    return nil
  }

  package func load(
    _ source: SourceFile, overrides: [String] = [], into diagnostics: DiagnosticCollector,
    salvage: (PartialExperiment) -> Void = { _ in }
  ) -> LoadedExperiment? {
    var record = ReadingRecord()
    guard
      var tree = tree(of: source, overrides: overrides, into: diagnostics, record: &record)
    else { return nil }
    tree = Interpolation.apply(
      to: tree, catalog: catalog, environment: environment, diagnostics: diagnostics)
    let checker = SchemaChecker(catalog: catalog, diagnostics: diagnostics)
    guard var root = check(tree, checker), !diagnostics.hasErrors else {
      if let partial = checker.partial { salvage(partial) }
      return nil
    }
    fillIn(&root, source)
    do {
      let experiment = try Experiment(root, model: checker.model)
      try experiment.validate(into: diagnostics, withWeights: needsWeights)
      if diagnostics.hasErrors { return nil }
      return LoadedExperiment(
        source: source, experiment: experiment, resolved: root, history: record.history,
        files: record.files)
    } catch let error as InputError {
      error.diagnostics.forEach(diagnostics.report)
      return nil
    } catch {
      diagnostics.error("\(error)", at: nil)
      return nil
    }
  }

  /// The file merged with those it extends and with the overrides applied; `nil` once the reason
  /// has been reported.
  func tree(
    of source: SourceFile, overrides: [String], into diagnostics: DiagnosticCollector,
    record: inout ReadingRecord
  ) -> YAMLNode? {
    record.files.append(source)
    guard let written = YAMLParser.parse(source, into: diagnostics) else { return nil }
    guard written.mapping != nil else {
      diagnostics.error(
        "an experiment file must be a mapping, found \(written.kindDescription)", at: written.range)
      return nil
    }
    guard var tree = extended(written, chain: [source.name], record: &record, diagnostics) else {
      return nil
    }
    var applied: [OverrideConflicts.Applied] = []
    for argument in overrides {
      guard let override = Override(argument, diagnostics: diagnostics) else { continue }
      let path = override.apply(
        to: &tree, catalog: catalog, diagnostics: diagnostics, history: &record.history)
      if let path { applied.append(OverrideConflicts.Applied(override: override, path: path)) }
    }
    OverrideConflicts(applied, in: tree).report(into: diagnostics)
    return tree
  }

  func read(_ path: String, mentionedAt range: SourceRange? = nil) throws -> SourceFile {
    if let text = frozen[Self.place(path)] { return SourceFile(name: path, text: text) }
    return try SourceFile.read(path, mentionedAt: range)
  }

  private func check(_ tree: YAMLNode, _ checker: SchemaChecker) -> Resolved? {
    // Blocks come first in the schema, so that the model can refer to them.
    let start = SourceRange(
      file: tree.range.file, start: tree.range.start, end: tree.range.start)
    return checker.record(
      tree.mapping ?? [], ExperimentSchema.root, label: "", at: start, isArguments: false
    ).map { Resolved(.record($0), .written(tree.range)) }
  }

  /// Sets values that depend on the machine or on the file's name, with the reason as their origin.
  private func fillIn(_ root: inout Resolved, _ source: SourceFile) {
    guard case .record(var values) = root.content else { return }
    if values["threads"]?.content.word == "auto" {
      values["threads"] = Resolved(
        .integer(processors), .derived("auto: one for each processor"))
    }
    if values["name"]?.isNull ?? true {
      var name = Resolved(.string(Self.name(of: source)), .derived("the file's name"))
      name.isCosmetic = true
      values["name"] = name
    }
    root.content = .record(values)
  }

  /// A run name from the file name: `experiments/my net.yaml` becomes `my-net`.
  private static func name(of source: SourceFile) -> String {
    let file = source.name.split(separator: "/").last.map(String.init) ?? ""
    let stem = file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
    let safe = stem.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "-" }
    let name = String(safe.drop { $0 == "-" }.prefix(60))
    return name.isEmpty ? "experiment" : name
  }

  // MARK: extends

  /// The tree merged onto the files it extends; `nil` once the reason has been reported.
  private func extended(
    _ tree: YAMLNode, chain: [String], record trail: inout ReadingRecord,
    _ diagnostics: DiagnosticCollector
  ) -> YAMLNode? {
    guard let mention = tree["extends"], !mention.isNull else { return tree }
    guard let text = mention.scalar?.text else {
      diagnostics.error(
        "expected a path for 'extends', found \(mention.kindDescription)", at: mention.range)
      return nil
    }
    let path = Self.relative(text, to: mention.range.file.name)
    let places = chain.map(Self.place)
    if let first = places.firstIndex(of: Self.place(path)) {
      let cycle = (chain[first...] + [chain[first]]).joined(separator: " → ")
      diagnostics.error("'extends' forms a cycle: \(cycle)", at: mention.range)
      return nil
    }
    if chain.count > 16 {
      diagnostics.error("'extends' is nested more than 16 files deep", at: mention.range)
      return nil
    }
    do {
      let source = try read(path, mentionedAt: mention.range)
      trail.files.append(source)
      guard let base = YAMLParser.parse(source, into: diagnostics) else { return nil }
      guard base.mapping != nil else {
        diagnostics.error("'\(path)' is not an experiment file", at: mention.range)
        return nil
      }
      guard
        let whole = extended(base, chain: chain + [path], record: &trail, diagnostics)
      else { return nil }
      record(whole, tree, path: [], &trail.history)
      return TreeEditing(catalog: catalog)
        .merge(whole, tree, as: .record(ExperimentSchema.root))
    } catch let error as InputError {
      error.diagnostics.forEach(diagnostics.report)
    } catch {
      diagnostics.error("\(error)", at: mention.range)
    }
    return nil
  }

  /// The canonical path of a file: `a.yaml` and `./b/../a.yaml` are the same.
  package static func place(_ path: String) -> String {
    PathResolution.absolute(path, mentionedIn: SourceFile(name: "", text: ""))
  }

  /// Resolves a path relative to a file, keeping the file's directory as written, so that messages
  /// name files the way the user did.
  private static func relative(_ path: String, to file: String) -> String {
    if path.hasPrefix("~/") {
      return PathResolution.absolute(path, mentionedIn: SourceFile(name: file, text: ""))
    }
    guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
    return String(file[...slash]) + path
  }

  private func record(
    _ base: YAMLNode, _ derived: YAMLNode, path: [String], _ history: inout [String: [Superseded]]
  ) {
    for entry in derived.mapping ?? [] {
      guard let old = base[entry.key] else { continue }
      let place = path + [entry.key]
      if let text = old.scalar?.text, entry.value.scalar != nil {
        history[place.joined(separator: "."), default: []]
          .append(Superseded(text: text, range: old.range))
      } else {
        record(old, entry.value, path: place, &history)
      }
    }
  }
}

extension Resolved.Content {
  var word: String? { if case .string(let text) = self { text } else { nil } }
}
