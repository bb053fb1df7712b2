import Diagnostics
import RunRecord

/// Moves runs and sweeps back from the trash.
package enum RunRestoration {
  /// Finds the entries of the trash that `names` mean: their names there, or unique prefixes of them.
  ///
  /// - Throws: ``InputError`` for a name that means nothing, or several entries.
  package static func find(_ names: [String], in runsDirectory: String) throws -> [String] {
    let known = try RunTrash.names(in: runsDirectory)
    var seen: Set<String> = []
    return try names.map { text in
      // What 'rm' printed can be given as it is.
      let name = text.split(separator: "/").last.map(String.init) ?? text
      if known.contains(name) { return name }
      let found = known.filter { $0.hasPrefix(name) }
      if found.count == 1 { return found[0] }
      throw InputError([
        Diagnostic(
          .error,
          found.isEmpty
            ? "there is no '\(name)' in '\(runsDirectory)/\(RunTrash.folder)'"
            : "'\(name)' matches \(found.count) names in '\(runsDirectory)/\(RunTrash.folder)'",
          at: nil,
          hint: found.isEmpty ? Suggestion.hint(for: name, among: known) : "give more of the name",
          notes: found.prefix(10).map { .note($0, at: nil) })
      ])
    }.filter { seen.insert($0).inserted }
  }

  /// Moves an entry of the trash back.
  ///
  /// - Throws: ``FileError``, also if there is a directory of its name again.
  package static func restore(_ name: String, in runsDirectory: String) throws -> RunRemoval.Move {
    let place = "\(runsDirectory)/\(RunTrash.folder)/\(name)"
    return RunRemoval.Move(from: place, to: try RunTrash.restore(name, in: runsDirectory))
  }
}
