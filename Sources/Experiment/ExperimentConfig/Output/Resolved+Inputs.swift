import Diagnostics
import OrderedCollections

extension Resolved {
  /// By dotted path: every file and folder that an experiment reads, and the run that its weights come
  /// from. ``canonicalForm`` leaves them out because fingerprints stand for what lies there, which
  /// nobody has read yet where experiments are only planned.
  package var inputs: [String: String] {
    var inputs = paths
    inputs["extends"] = nil
    if case .string(let run)? = self["weights"]?["run"]?.content { inputs["weights.run"] = run }
    return inputs
  }

  /// Whether it names files on the command line by paths relative to the working directory.
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

  /// By dotted path: the paths in a value.
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
      default: break
      }
    }
    collect(self, "")
    return found
  }
}
