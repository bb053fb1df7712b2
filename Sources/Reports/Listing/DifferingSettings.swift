import ExperimentConfig
import RunRecord

/// The settings in which runs of one experiment differ, as columns.
package struct DifferingSettings {
  /// The most columns that are shown by themselves.
  private static let most = 8

  /// In the order of the configuration; first those that every run has.
  package let columns: [ListColumn]
  /// The names of further settings that differ.
  package let others: [String]

  /// Empty unless all runs have the same name.
  package init(_ runs: ListedRuns, _ fields: RunFields) {
    let listed = runs.runs.filter { !$0.leaves.isEmpty }
    guard listed.count > 1, Set(runs.runs.map(\.entry.experiment)).count == 1 else {
      columns = []
      others = []
      return
    }
    var counts = [Int](repeating: 0, count: runs.paths.count)
    var first = [UInt32?](repeating: nil, count: runs.paths.count)
    var differs = [Bool](repeating: false, count: runs.paths.count)
    for run in listed {
      for leaf in run.leaves {
        let path = Int(runs.leaves[Int(leaf)].path)
        counts[path] += 1
        if let known = first[path] {
          if known != leaf { differs[path] = true }
        } else {
          first[path] = leaf
        }
      }
    }
    var found: [ListColumn] = []
    var names: Set<String> = []
    func add(_ name: String) {
      guard names.insert(name).inserted, let field = fields.find(name),
        case .setting(let setting) = field,
        Set(listed.map { setting.texts($0, in: runs) }).count > 1
      else { return }
      found.append(ListColumn(field, name: name))
    }
    for (place, path) in runs.paths.enumerated() where counts[place] == listed.count {
      if differs[place], Self.matters(path) { add(fields.shortestName(path)) }
    }
    // Of components that only some runs have, settings of the same name are one column.
    for (place, path) in runs.paths.enumerated()
    where counts[place] > 0 && counts[place] < listed.count && Self.matters(path) {
      let last = path.split(separator: ".").last.map(String.init) ?? path
      if Int(last) == nil { add(last) }
    }
    columns = Array(found.prefix(Self.most))
    others = found.dropFirst(Self.most).map(\.name)
  }

  /// Whether a setting can affect results. The seed has a column of its own.
  private static func matters(_ path: String) -> Bool {
    let keys = path.split(separator: ".").map(String.init)
    if ["seed", "threads", "device", "cache", "report"].contains(keys.first) { return false }
    var schema: RecordSchema? = ExperimentSchema.root
    for key in keys {
      guard let field = schema?[key] else { return true }
      if field.isCosmetic { return false }
      if case .record(let below) = field.type { schema = below } else { schema = nil }
    }
    return true
  }
}
