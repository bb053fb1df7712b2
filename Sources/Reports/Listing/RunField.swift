import ExperimentConfig
import Files
import Report
import RunRecord
import TaskRegistry
import Tasks

/// A value that every run of a listing may have: what `--columns`, `--filter` and `--sort` name.
package enum RunField: Sendable, Equatable {
  /// A column that every listing can show.
  case standard(RunColumn)
  /// A score by its dotted name, such as `validation.f1_macro`.
  case score(String)
  /// A setting of the configuration.
  case setting(RunSetting)
  case experiment, tag, note, size, ended, trial

  /// The fields with names of their own; those of scores and settings depend on the runs.
  static let named: [(name: String, field: RunField)] =
    [
      ("date", .standard(.started)), ("experiment", .experiment), ("tag", .tag), ("note", .note),
      ("size", .size), ("ended", .ended), ("trial", .trial),
    ] + RunColumn.allCases.map { ($0.rawValue, .standard($0)) }

  /// How its values are compared.
  enum Kind {
    case number, text, date, seconds, bytes
    /// A number if both sides are numbers, else a text.
    case either
  }

  var kind: Kind {
    switch self {
    case .standard(let column):
      switch column {
      case .name, .values, .status, .dataset: .text
      case .started: .date
      case .duration: .seconds
      default: .number
      }
    case .score, .trial: .number
    case .setting: .either
    case .experiment, .tag, .note: .text
    case .ended: .date
    case .size: .bytes
    }
  }

  package var isNumber: Bool {
    switch kind {
    case .number, .seconds, .bytes: true
    case .text, .date, .either: false
    }
  }
}

/// A setting as a listing names it: in each run, the value with the shortest path that ends with the name, as
/// for overrides.
package struct RunSetting: Sendable, Equatable {
  /// The name as it was given.
  package let name: String
  /// The number of keys in the paths that it fits, by their place in ``ListedRuns/paths``.
  private let depths: [UInt32: Int]

  /// - Parameters:
  ///   - main: the argument that the last word of the name sets if it is a component, such as `p` for
  ///     `dropout`.
  /// - Returns: `nil` if no run has such a setting.
  init?(_ name: String, main: String?, in runs: ListedRuns) {
    self.name = name
    let endings = [name] + (main.map { ["\(name).\($0)"] } ?? [])
    var depths: [UInt32: Int] = [:]
    for (place, path) in runs.paths.enumerated()
    where endings.contains(where: { path == $0 || path.hasSuffix("." + $0) }) {
      depths[UInt32(place)] = path.utf8.count { $0 == UInt8(ascii: ".") }
    }
    if depths.isEmpty { return nil }
    self.depths = depths
  }

  /// The different values of the setting in a run, in the order of its configuration; more than one if the
  /// name fits several settings.
  func texts(_ run: ListedRun, in runs: ListedRuns) -> [String] {
    var shortest = Int.max
    var found: [String] = []
    for leaf in run.leaves {
      let (path, text) = runs.leaves[Int(leaf)]
      guard let depth = depths[path], depth <= shortest else { continue }
      if depth < shortest { found = [] }
      shortest = depth
      if !found.contains(text) { found.append(text) }
    }
    return found
  }
}

extension RunField {
  /// The value of a run; empty if it has none.
  func texts(_ run: ListedRun, in runs: ListedRuns) -> [String] {
    switch self {
    case .standard(.name): [run.entry.name]
    case .standard(.values): run.entry.values.map { [$0] } ?? []
    case .standard(.status): [run.entry.status]
    case .standard(.dataset): run.entry.dataset.map { [$0] } ?? []
    case .standard(.started): run.entry.started.map { [$0] } ?? []
    case .ended: run.entry.ended.map { [$0] } ?? []
    case .experiment: run.entry.experiment.map { [$0] } ?? []
    case .tag: run.annotations.tags
    case .note: run.annotations.notes.map(\.text)
    case .setting(let setting): setting.texts(run, in: runs)
    case .standard(.seed): run.entry.seed.map { [String($0)] } ?? []
    default: number(run).map { [NumberText.short($0)] } ?? []
    }
  }

  /// The value of a run as a number; `nil` if it has none, or several.
  func number(_ run: ListedRun, in runs: ListedRuns) -> Double? {
    guard case .setting(let setting) = self else { return number(run) }
    let texts = setting.texts(run, in: runs)
    return texts.count == 1 ? Double(texts[0]) : nil
  }

  private func number(_ run: ListedRun) -> Double? {
    let entry = run.entry
    return switch self {
    case .standard(let column):
      switch column {
      case .epochs: entry.epochs.map(Double.init)
      case .validationScore: entry.validationScore
      case .validationLoss: entry.validationLoss
      case .testScore: entry.testScore
      case .seed: entry.seed.map(Double.init)
      case .duration: entry.duration.map(Double.init)
      case .name, .values, .status, .started, .dataset: nil
      }
    case .score(let name): entry.scores[name] ?? Self.unfinished(name, entry)
    case .size: run.bytes.map(Double.init)
    case .trial: entry.trial.map(Double.init)
    case .setting, .experiment, .tag, .note, .ended: nil
    }
  }

  /// A run without a summary has its primary score alone.
  private static func unfinished(_ name: String, _ entry: RunCatalog.Entry) -> Double? {
    switch name {
    case "validation.\(entry.primary)": entry.validationScore
    case "validation.loss": entry.validationLoss
    case "test.\(entry.primary)": entry.testScore
    default: nil
    }
  }

  /// The facts of the score that the field is in a run; `nil` if it is none.
  func facts(_ entry: RunCatalog.Entry) -> MetricFacts? {
    switch self {
    case .standard(.validationScore), .standard(.testScore): return entry.facts
    case .standard(.validationLoss): return .loss
    case .score(let name):
      let key = String(
        name[(name.firstIndex(of: ".").map(name.index(after:)) ?? name.startIndex)...])
      return key == "loss"
        ? .loss : entry.metrics[key] ?? (key == entry.primary ? entry.facts : nil)
    default: return nil
    }
  }
}
