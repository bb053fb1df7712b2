import Report

/// What tells compared runs apart where their labels are not enough, such as in the legend of a plot.
package struct RunDistinctions: Sendable, Equatable {
  /// For each run the settings that differ, `lr 0.001, dropout 0.5`; empty if none differ.
  package let settings: [String]
  /// For each run its label with its name or, if another run has the same name, with ``settings``: `A lr 0.001`.
  package let legends: [String]

  /// The most settings that are named.
  private static let most = 3

  package init(_ runs: [ComparedRun], settings all: [RunComparison.Setting]) {
    let semantic = all.filter { $0.kind == .semantic }
    let chosen = Array((semantic.isEmpty ? all : semantic).prefix(Self.most))
    let names = Self.names(chosen.map(\.path))
    let texts = runs.indices.map { run in
      zip(names, chosen).map { name, setting in "\(name) \(setting.values[run] ?? "none")" }
        .joined(separator: ", ")
    }
    settings = texts
    legends = runs.enumerated().map { index, run in
      let name = run.evidence.name
      let isAlone = runs.count { $0.evidence.name == name } == 1
      return "\(run.label) " + (isAlone || texts[index].isEmpty ? name : texts[index])
    }
  }

  /// Short names of settings: `optimizer.adam.lr` as `lr`, `model.3.dropout.p` as `dropout`; names that would be the
  /// same keep their paths.
  static func names(_ paths: [String]) -> [String] {
    let short = paths.map { path -> String in
      let words = path.split(separator: ".").filter { Int($0) == nil }
      guard let last = words.last else { return path }
      return String(last.count == 1 ? words.dropLast().last ?? last : last)
    }
    return zip(paths, short).map { path, name in
      short.count { $0 == name } == 1 ? name : path
    }
  }
}

extension RunComparison {
  package var distinctions: RunDistinctions { RunDistinctions(runs, settings: settings) }
}

extension RunDiff {
  package var distinctions: RunDistinctions {
    RunDistinctions(
      [a, b],
      settings: configuration.map {
        .init(path: $0.path, values: [$0.a?.text, $0.b?.text], kind: $0.kind)
      })
  }
}
