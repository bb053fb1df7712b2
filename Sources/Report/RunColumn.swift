import ExperimentConfig
import RunRecord

/// The columns of `runner list`: how they read, and how they sort.
package enum RunColumn: String, CaseIterable, Sendable {
  case name, values, status, started, epochs
  case validationAccuracy = "validation.accuracy"
  case validationLoss = "validation.loss"
  case testAccuracy = "test.accuracy"
  case dataset, seed, duration

  /// What a narrow terminal does without.
  package static let leastImportantFirst: [RunColumn] = [
    .duration, .seed, .validationLoss, .started, .dataset, .epochs, .status,
  ]

  /// The column of a name; also of those that earlier versions had, such as `val_accuracy`.
  package init?(name: String) {
    let dotted = name.replacing("val_", with: "validation.").replacing("test_", with: "test.")
    self.init(rawValue: dotted)
  }

  package var heading: String {
    switch self {
    case .name: "run"
    case .validationAccuracy: "val acc"
    case .validationLoss: "val loss"
    case .testAccuracy: "test acc"
    default: rawValue
    }
  }

  package var isNumber: Bool {
    switch self {
    case .name, .values, .status, .started, .dataset: false
    default: true
    }
  }

  package func text(_ entry: RunCatalog.Entry) -> String {
    func percent(_ share: Double?) -> String {
      share.map { NumberText.fixed($0 * 100, 2) + "%" } ?? "–"
    }
    return switch self {
    case .name: entry.name
    case .values: entry.values.map { Clipped.text($0, 60) } ?? "–"
    case .status: Clipped.text(entry.status, 12)
    // 2026-11-23T01:19:59Z to the minute.
    case .started: entry.started.map { String($0.prefix(16)).replacing("T", with: " ") } ?? "–"
    case .epochs: entry.epochs.map(String.init) ?? "–"
    case .validationAccuracy: percent(entry.validationAccuracy)
    case .validationLoss: entry.validationLoss.map { NumberText.fixed($0, 4) } ?? "–"
    case .testAccuracy:
      // An ensemble's score does not compare with that of one model, and so says what it is.
      percent(entry.testAccuracy)
        + (entry.testBasis.map { $0.by == .single ? "" : " (\($0.by.rawValue) of \($0.models))" }
          ?? "")
    case .dataset:
      entry.dataset.map { Clipped.text($0, 30) + (entry.isFallback ? " (fallback)" : "") } ?? "–"
    case .seed: entry.seed.map(String.init) ?? "–"
    case .duration: entry.duration.map(RunTime.text) ?? "–"
    }
  }

  /// The best, the longest or the newest first, names from A to Z. Entries without a value come
  /// last, also in reverse; equal ones stay as they were.
  package static func sorted(
    _ entries: [RunCatalog.Entry], by column: RunColumn, reverse: Bool
  ) -> [RunCatalog.Entry] {
    switch column {
    case .name: sorted(entries, ascending: !reverse) { $0.name }
    case .values: sorted(entries, ascending: !reverse) { $0.values }
    case .status: sorted(entries, ascending: !reverse) { $0.status }
    // The catalog's own order is that of time, and finer than a minute's text.
    case .started: reverse ? entries.reversed() : entries
    case .epochs: sorted(entries, ascending: reverse) { $0.epochs }
    case .validationAccuracy: sorted(entries, ascending: reverse) { number($0.validationAccuracy) }
    case .validationLoss: sorted(entries, ascending: !reverse) { number($0.validationLoss) }
    case .testAccuracy: sorted(entries, ascending: reverse) { number($0.testAccuracy) }
    case .dataset: sorted(entries, ascending: !reverse) { $0.dataset }
    case .seed: sorted(entries, ascending: !reverse) { $0.seed }
    case .duration: sorted(entries, ascending: reverse) { $0.duration }
    }
  }

  private static func number(_ value: Double?) -> Double? {
    value.flatMap { $0.isNaN ? nil : $0 }
  }

  private static func sorted<Key: Comparable>(
    _ entries: [RunCatalog.Entry], ascending: Bool, by key: (RunCatalog.Entry) -> Key?
  ) -> [RunCatalog.Entry] {
    entries.enumerated().map { (offset: $0.offset, key: key($0.element), entry: $0.element) }
      .sorted { left, right in
        switch (left.key, right.key) {
        case (let a?, let b?) where a != b: ascending ? a < b : a > b
        case (.some, nil): true
        case (nil, .some): false
        default: left.offset < right.offset
        }
      }.map(\.entry)
  }

  /// Everything about an entry, under the names that `--sort` takes.
  package static func json(_ entry: RunCatalog.Entry) -> JSONValue {
    func number(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
    func scores(_ values: [String: Double?]) -> JSONValue { .object(values.mapValues(number)) }
    func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
    var object: [String: JSONValue] = [
      "run": .string(entry.path), "name": .string(entry.name), "status": .string(entry.status),
      "experiment": text(entry.experiment), "started": text(entry.started),
      "ended": text(entry.ended), "epochs": entry.epochs.map(JSONValue.integer) ?? .null,
      "validation": scores([
        "accuracy": entry.validationAccuracy, "loss": entry.validationLoss,
      ]),
      "test": scores(["accuracy": entry.testAccuracy]), "dataset": text(entry.dataset),
      "fallback": .boolean(entry.isFallback),
      "duration": entry.duration.map(JSONValue.integer) ?? .null,
    ]
    // A seed has up to 64 bits without a sign.
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
