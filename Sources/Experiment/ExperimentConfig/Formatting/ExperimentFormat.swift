import Diagnostics
import YAMLSyntax

/// The order and the spacing of experiment files: sections in the order of ``TopLevelOrder``, a blank line between their
/// groups, no white space at the ends of lines, two spaces before comments.
///
/// Lines are moved as they are, with their comments. A result is only given if it parses to the same document and
/// differs from the file in nothing but order and white space.
package enum ExperimentFormat {
  package enum Outcome: Sendable, Equatable {
    /// The file is formatted already.
    case unchanged
    /// The new text. `reason` says why the order of the sections was kept, if it had to be.
    case changed(String, reason: String? = nil)
    /// The file cannot be formatted, for this reason.
    case refused(String)
  }

  /// - Parameter file: without a byte-order mark.
  /// - Throws: ``InputError`` with all errors if it is not YAML.
  package static func format(_ file: SourceFile) throws -> Outcome {
    let document = try parse(file)
    guard let entries = document.mapping else {
      return .refused("it is \(document.kindDescription), not a mapping")
    }
    guard entries.contains(where: { TopLevelOrder.rank($0.key) != nil }) else {
      return .refused("none of its keys belongs to an experiment")
    }
    guard let text = LineText(file.text) else {
      return .refused("it has line breaks other than LF and CR LF")
    }
    guard let layout = YAMLLayout(file) else {
      return .refused("its sections are not on lines of their own")
    }
    let sections: SectionLines
    switch SectionLines.split(text.lines, layout) {
    case .success(let split): sections = split
    case .failure(let failure): return .refused(failure.reason)
    }
    func isSound(_ candidate: String) -> Bool {
      guard let again = try? parse(SourceFile(name: file.name, text: candidate)) else {
        return false
      }
      return isEqual(document, again, inOrder: false) && sameWords(file.text, candidate)
    }
    let wanted = text.joined(sections.ordered.lines)
    if isSound(wanted) { return wanted == file.text ? .unchanged : .changed(wanted) }
    let spaced = text.joined(sections.lines)
    guard isSound(spaced) else { return .refused("its white space is part of a value") }
    let reason =
      layout.hasAliases
      ? "an anchor has to come before its aliases" : "another order would change a value"
    return spaced == file.text ? .unchanged : .changed(spaced, reason: reason)
  }

  private static func parse(_ file: SourceFile) throws -> YAMLNode {
    let diagnostics = DiagnosticCollector()
    let node = YAMLParser.parse(file, into: diagnostics)
    guard let node, !diagnostics.hasErrors else { throw InputError(diagnostics.sorted) }
    return node
  }

  /// Whether two documents say the same.
  ///
  /// - Parameter inOrder: whether keys have to be in the same order, which those of sections need not.
  static func isEqual(_ one: YAMLNode, _ other: YAMLNode, inOrder: Bool = true) -> Bool {
    switch (one.content, other.content) {
    case (.scalar(let one), .scalar(let other)):
      return one.text == other.text && one.style == other.style
    case (.sequence(let one), .sequence(let other)):
      return one.count == other.count && zip(one, other).allSatisfy { isEqual($0, $1) }
    case (.mapping(let one), .mapping(let other)):
      func sorted(_ entries: [YAMLEntry]) -> [YAMLEntry] {
        inOrder ? entries : entries.sorted { $0.key < $1.key }
      }
      return one.count == other.count
        && zip(sorted(one), sorted(other)).allSatisfy {
          $0.key == $1.key && isEqual($0.value, $1.value)
        }
    default: return false
    }
  }

  /// Whether two texts consist of the same lines up to order and white space, comments included.
  static func sameWords(_ one: String, _ other: String) -> Bool {
    func words(_ text: String) -> [String] {
      text.utf8.split { $0 == 0x0A || $0 == 0x0D }
        .map { line in String(decoding: line.filter { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self) }
        .filter { !$0.isEmpty }.sorted()
    }
    return words(one) == words(other)
  }
}
