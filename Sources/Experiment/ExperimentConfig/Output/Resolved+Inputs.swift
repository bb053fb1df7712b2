import Diagnostics
import OrderedCollections

extension Resolved {
  /// Every file and folder that an experiment reads, and the run that provides its weights, by
  /// dotted path. ``canonicalForm`` leaves them out in favour of fingerprints, which do not exist
  /// yet while experiments are only planned.
  package var inputs: [String: String] {
    var inputs = paths
    inputs["extends"] = nil
    if case .string(let run)? = self["weights"]?["run"]?.content { inputs["weights.run"] = run }
    return inputs
  }

  /// Whether the command line contains relative paths.
  package var dependsOnWorkingDirectory: Bool {
    switch content {
    case .path(let path):
      if case .written(let range) = origin, range.file.kind == .commandLine {
        !range.file.text.contains(path)
      } else {
        false
      }
    case .list(let values): values.contains(where: \.dependsOnWorkingDirectory)
    case .record(let values), .component(_, let values):
      values.values.contains(where: \.dependsOnWorkingDirectory)
    default: false
    }
  }

  /// All paths in the value, by dotted path.
  package var paths: [String: String] {
    var found: [String: String] = [:]
    func collect(_ value: Resolved, _ key: String) {
      func inside(_ name: String) -> String { key.isEmpty ? name : "\(key).\(name)" }
      switch value.content {
      case .path(let path): found[key] = path
      case .list(let values):
        for (index, value) in values.enumerated() { collect(value, inside(String(index))) }
      case .record(let values), .component(_, let values):
        for (name, value) in values { collect(value, inside(name)) }
      case .node(let component, _, _, _): collect(component, key)
      default: break
      }
    }
    collect(self, "")
    return found
  }
}
