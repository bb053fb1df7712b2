import Diagnostics
import ExperimentConfig

/// The output of `runner check --explain KEY`.
package enum Explanation {
  /// - Throws: ``InputError`` if no value has that key, or several do.
  package static func render(_ key: String, _ loaded: LoadedExperiment) throws -> String {
    let leaves = loaded.resolved.leaves()
    let parts = key.split(separator: ".").map(String.init)
    var matches = leaves.filter { $0.path == parts }
    if matches.isEmpty { matches = leaves.filter { $0.path.suffix(parts.count) == parts[...] } }
    guard let first = matches.first else {
      throw InputError(
        "no value has the key '\(key)'",
        hint: Suggestion.hint(for: key, among: leaves.compactMap(\.path.last)))
    }
    if matches.count > 1 {
      let paths = matches.map { $0.path.joined(separator: ".") }.joined(separator: ", ")
      throw InputError("'\(key)' is ambiguous", hint: "it could be \(paths)")
    }
    let path = first.path.joined(separator: ".")
    var text = "\(path) = \(first.text)\n"
    text += "  from \(describe(first.origin))\n"
    for old in (loaded.history[path] ?? []).reversed() {
      text += "  instead of \(old.text) from \(old.range)\n"
    }
    return TerminalText.printable(text)
  }

  private static func describe(_ origin: Origin) -> String {
    switch origin {
    case .default: "the default"
    case .derived(let reason): reason
    case .written(let range):
      range.file.kind == .commandLine
        ? "the command line: \(range.file.text)" : "\(range)"
    }
  }
}
