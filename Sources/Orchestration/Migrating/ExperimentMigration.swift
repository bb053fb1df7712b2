import Diagnostics
import ExperimentConfig
import Files
import Graph
import Planning
import YAMLSyntax

/// An experiment file of an earlier version, and what this version wants to be written instead.
///
/// All keys and components of earlier versions still exist with the same meaning. Two kinds of names are new in 1.0:
/// a node of the model cannot have the name of the data set's input (`image`), because `from: image` now means that
/// input; and a block cannot have the name of a layer that did not exist before, such as `pad`.
package struct ExperimentMigration {
  package let path: String
  /// What is different; empty if the file needs nothing.
  package let changes: [String]
  private let before: SourceFile
  private let bytes: [UInt8]
  private let after: String

  /// Reads the experiment and decides what has to change.
  ///
  /// - Throws: ``InputError`` with the errors of an experiment that is wrong for another reason, since it cannot be
  ///   told what it means.
  package init(
    _ path: String, environment: [String: String], runsDirectory: String = "runs"
  ) throws {
    self.path = path
    // Reports what is wrong with the file itself.
    let source = try SourceFile.read(path)
    bytes = try FileReading.bytes(of: path)
    before = source
    func errors(_ text: String) -> [Diagnostic] {
      let diagnostics = DiagnosticCollector()
      _ = Plan.make(
        path, environment: environment, processors: 1, runsDirectory: runsDirectory,
        frozen: [ExperimentLoader.place(path): text], diagnostics: diagnostics)
      return diagnostics.sorted.filter { $0.severity == .error }
    }
    var text = source.text
    var changes: [String] = []
    var left = errors(text)
    // The model is checked only once its blocks are right, so that more may be found the second time.
    while true {
      let renamings = try Self.renamings(for: left, in: SourceFile(name: path, text: text))
      if renamings.allSatisfy(\.edits.isEmpty) { break }
      text = TextEdit.apply(renamings.flatMap(\.edits), to: text)
      changes += renamings.map(\.description)
      left = errors(text)
    }
    if !left.isEmpty { throw InputError(left) }
    self.changes = changes
    after = text
  }

  /// - Throws: ``InputError`` if another file, which the experiment extends, has to change.
  private static func renamings(
    for errors: [Diagnostic], in source: SourceFile
  ) throws -> [Renaming] {
    var nodes: Set<String> = []
    var blocks: Set<String> = []
    for error in errors {
      let (node, block) = (NodeNameClash.name(in: error), BlockNameClash.earlierName(in: error))
      if node == nil && block == nil { continue }
      if let file = error.range?.file.name, file != source.name {
        throw InputError([
          Diagnostic(
            .error, error.message, at: error.range, hint: "'runner migrate \(file)' renames it")
        ])
      }
      if let node { nodes.insert(node) }
      if let block { blocks.insert(block) }
    }
    if nodes.isEmpty && blocks.isEmpty { return [] }
    let diagnostics = DiagnosticCollector()
    guard let root = YAMLParser.parse(source, into: diagnostics) else {
      throw InputError(diagnostics.sorted)
    }
    // One kind at a time: places of the other are found in the text that results.
    return blocks.isEmpty
      ? try nodes.sorted().map { try Renaming(node: $0, in: root, of: source) }
      : try blocks.sorted().map { try Renaming(block: $0, in: root, of: source) }
  }

  /// The changed lines, as `diff -U0` prints them; empty if there are none.
  package var diff: String {
    if changes.isEmpty { return "" }
    let changed = SourceFile(name: path, text: after)
    var text = "--- \(path)\n+++ \(path)\n"
    // Renaming neither adds nor removes lines.
    for number in 1...before.end.line where before.line(number) != changed.line(number) {
      text += "@@ -\(number) +\(number) @@\n-\(before.line(number))\n+\(changed.line(number))\n"
    }
    return text
  }

  /// Replaces the file atomically, and keeps its permissions; a link stays a link.
  ///
  /// - Throws: ``FileError``, also if the file has changed since it was read.
  package func write() throws {
    guard try FileReading.bytes(of: path) == bytes else {
      throw FileError(path: path, reason: "has changed while it was being migrated")
    }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    try AtomicFile.replace((bytes.starts(with: mark) ? mark : []) + after.utf8, at: path)
  }
}
