import ExperimentConfig
import RunRecord
import TaskRegistry
import Tasks

/// The standard columns of `runner list`.
package enum RunColumn: String, CaseIterable, Sendable {
  case name, values, status, started, epochs
  case validationScore = "validation.score"
  case validationLoss = "validation.loss"
  case testScore = "test.score"
  case dataset, seed, duration

  /// The order in which columns are dropped on a narrow terminal.
  package static let leastImportantFirst: [RunColumn] = [
    .duration, .seed, .validationLoss, .started, .dataset, .epochs, .status,
  ]

  /// - Parameter entries: the listed runs; if they share one primary score, the heading names it.
  package func heading(of entries: [RunCatalog.Entry]) -> String {
    let primaries = Set(entries.map(\.primary))
    let score = primaries.count == 1 ? Self.label(primaries.first ?? "") : "score"
    return switch self {
    case .name: "run"
    case .validationScore: "val \(score)"
    case .validationLoss: "val loss"
    case .testScore: "test \(score)"
    default: rawValue
    }
  }

  /// Formats `average_precision_macro` as `average precision`.
  private static func label(_ key: String) -> String {
    let name = key.hasSuffix("_macro") ? String(key.dropLast("_macro".count)) : key
    return TaskRegistry.label(name)
  }

  package var isNumber: Bool {
    switch self {
    case .name, .values, .status, .started, .dataset: false
    default: true
    }
  }

  /// - Parameter isMixed: whether runs with other primary scores are listed too, so that each score
  ///   is named.
  package func text(_ entry: RunCatalog.Entry, isMixed: Bool = false) -> String {
    func score(_ value: Double?) -> String {
      guard let value else { return "–" }
      let text =
        entry.facts.unit == .share
        ? NumberText.percent(value, 2) : NumberText.fixed(value, 4)
      return isMixed ? "\(text) \(Self.label(entry.primary))" : text
    }
    return switch self {
    case .name: entry.name
    case .values: entry.values.map { Clipped.text($0, 60) } ?? "–"
    case .status: Clipped.text(entry.status, 12)
    // 2026-11-23T01:19:59Z, cut to minutes.
    case .started: entry.started.map { String($0.prefix(16)).replacing("T", with: " ") } ?? "–"
    case .epochs: entry.epochs.map(String.init) ?? "–"
    case .validationScore: score(entry.validationScore)
    case .validationLoss: entry.validationLoss.map { NumberText.fixed($0, 4) } ?? "–"
    case .testScore:
      // An ensemble's score is not comparable with that of a single model, so label it.
      score(entry.testScore)
        + (entry.testBasis.map { $0.by == .single ? "" : " (\($0.by.rawValue) of \($0.models))" }
          ?? "")
    case .dataset:
      entry.dataset.map { Clipped.text($0, 30) + (entry.isFallback ? " (fallback)" : "") } ?? "–"
    case .seed: entry.seed.map(String.init) ?? "–"
    case .duration: entry.duration.map(RunTime.text) ?? "–"
    }
  }

  /// Everything about an entry, using the names that `--sort` accepts.
  package static func json(_ entry: RunCatalog.Entry) -> JSONValue {
    func number(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
    func scores(_ values: [String: Double?]) -> JSONValue { .object(values.mapValues(number)) }
    func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
    var object: [String: JSONValue] = [
      "run": .string(entry.path), "name": .string(entry.name), "status": .string(entry.status),
      "experiment": text(entry.experiment), "started": text(entry.started),
      "ended": text(entry.ended), "epochs": entry.epochs.map(JSONValue.integer) ?? .null,
      "validation": scores([
        entry.primary: entry.validationScore, "loss": entry.validationLoss,
      ]),
      "primary": .string(entry.primary),
      "test": scores([entry.primary: entry.testScore]), "dataset": text(entry.dataset),
      "fallback": .boolean(entry.isFallback),
      "duration": entry.duration.map(JSONValue.integer) ?? .null,
    ]
    // A seed is an unsigned 64-bit number and may exceed `Int`.
    object["seed"] =
      entry.seed.map { seed in
        Int(exactly: seed).map(JSONValue.integer) ?? .string(String(seed))
      } ?? .null
    if let trial = entry.trial { object["trial"] = .integer(trial) }
    if let values = entry.values { object["values"] = .string(values) }
    if let note = entry.statusNote { object["status_note"] = .string(note) }
    if let basis = entry.testBasis {
      object["test_scored"] = [
        "examples": .integer(basis.examples), "models": .integer(basis.models),
        "by": .string(basis.by.rawValue),
      ]
    }
    if let damage = entry.damage { object["damage"] = .string(damage) }
    return .object(object)
  }
}
