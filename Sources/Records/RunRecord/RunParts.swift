import Files

/// The subdirectories of a run that hold trainings of their own: its folds (`fold-2`) or seeds
/// (`seed-43`).
package enum RunParts {
  package enum Kind: String, Sendable {
    case fold, seed
  }

  /// The kind of part that a directory with this name holds; `nil` for other names.
  package static func kind(_ name: some StringProtocol) -> Kind? {
    let words = name.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard words.count == 2, UInt64(words[1]) != nil else { return nil }
    return Kind(rawValue: String(words[0]))
  }

  /// The prepared parts, in order; empty for a run with a single training.
  package static func all(of run: RunDirectory) -> [RunDirectory] {
    let names: [String]
    do throws(FileError) {
      names = try run.folder.names().filter { kind($0) != nil && run.isFolder($0) }
    } catch {
      // A directory that cannot be listed is reported when one of its files is read.
      return []
    }
    return names.sorted { number($0) < number($1) }.map { run.part($0) }
      // A start that was killed may leave a folder without a record.
      .filter { $0.isFile("run.json") }
  }

  private static func number(_ name: String) -> UInt64 {
    name.split(separator: "-").last.flatMap { UInt64($0) } ?? 0
  }
}

extension RunDirectory {
  /// The last component of the path.
  package var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// The displayed name of a part of a run, such as `fold 2` or `seed 43`.
  package var partName: String { name.replacing("-", with: " ") }
}
