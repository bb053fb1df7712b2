import Diagnostics
import Report
import RunRecord
import TaskRegistry

/// Finds the fields of a listing by their names.
package struct RunFields {
  private let runs: ListedRuns
  /// The argument that a component's own name sets, by the component.
  private let mains: [String: String]
  /// The names of all scores that a run has, such as `validation.f1_macro`.
  private let scores: Set<String>

  /// - Parameter mains: the argument that a component's own name sets, by the component, such as `p` for
  ///   `dropout`.
  package init(_ runs: ListedRuns, mains: [String: String] = [:]) {
    self.runs = runs
    self.mains = mains
    scores = runs.runs.reduce(into: []) { names, run in names.formUnion(run.entry.scores.keys) }
  }

  /// The field with a name: one of its own, a score with its split, a setting by its full path or its last keys,
  /// or a score of the validation examples; `nil` if no run has such a value.
  package func find(_ name: String) -> RunField? {
    if let own = RunField.named.first(where: { $0.name == name }) { return own.field }
    let dotted = Self.dotted(name)
    if scores.contains(dotted) { return .score(dotted) }
    if let column = RunColumn(rawValue: dotted) { return .standard(column) }
    // Before the first summary, a run has its primary score alone.
    if let key = Self.validationKey(dotted), TaskRegistry.primaries.contains(key) {
      return .score(dotted)
    }
    let last = name.split(separator: ".").last.map(String.init) ?? name
    if let setting = RunSetting(name, main: mains[last], in: runs) { return .setting(setting) }
    return scores.contains("validation.\(name)") ? .score("validation.\(name)") : nil
  }

  /// The shortest name that means the setting with this path and no other: its last keys, or the layer whose
  /// main argument it is, such as `dropout`.
  func shortestName(_ path: String) -> String {
    let keys = path.split(separator: ".").map(String.init)
    func isUnique(_ name: String) -> Bool {
      let main = mains[name.split(separator: ".").last.map(String.init) ?? name]
      let endings = [name] + (main.map { ["\(name).\($0)"] } ?? [])
      let others = runs.paths.contains { other in
        other != path && endings.contains { other == $0 || other.hasSuffix("." + $0) }
      }
      if others { return false }
      if case .setting? = find(name) { return true } else { return false }
    }
    if keys.first == "model", let component = keys.dropLast().last, mains[component] == keys.last,
      isUnique(component)
    {
      return component
    }
    for count in 1..<max(keys.count, 1) where Int(keys[keys.count - count]) == nil {
      let name = keys.suffix(count).joined(separator: ".")
      if isUnique(name) { return name }
    }
    return path
  }

  /// `did you mean 'lr'?`; `nil` if no name is similar.
  package func hint(for name: String) -> String? {
    var names = RunField.named.map(\.name) + scores.sorted()
    names += scores.compactMap(Self.validationKey).sorted()
    var seen = Set(names)
    for path in runs.paths {
      let keys = path.split(separator: ".").map(String.init)
      for word in keys + [path] where Int(word) == nil && seen.insert(word).inserted {
        names.append(word)
      }
    }
    return Suggestion.hint(for: name, among: names)
  }

  /// Earlier versions wrote `val_loss` for `validation.loss`.
  private static func dotted(_ name: String) -> String {
    for (old, new) in [("val_", "validation."), ("val.", "validation."), ("test_", "test.")]
    where name.hasPrefix(old) { return new + name.dropFirst(old.count) }
    return name
  }

  private static func validationKey(_ name: String) -> String? {
    name.hasPrefix("validation.") ? String(name.dropFirst("validation.".count)) : nil
  }
}
