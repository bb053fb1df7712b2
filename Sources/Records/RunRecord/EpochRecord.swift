import ExperimentConfig

/// One line of `metrics.jsonl`. Independent of the clock.
package struct EpochRecord: Codable, Sendable, Equatable {
  package var fold: Int
  /// From 1.
  package var epoch: Int
  /// The values by key: `train_loss`, `val_f1_macro`, `lr` and so on.
  package var values: [String: Double]
  /// The reasons for keys missing from `values`, such as `val_cohen_kappa`.
  package var undefined: [String: String]

  package init(
    fold: Int, epoch: Int, values: [String: Double], undefined: [String: String] = [:]
  ) {
    self.fold = fold
    self.epoch = epoch
    self.values = values
    self.undefined = undefined
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    fold = try container.decode(Int.self, forKey: .fold)
    epoch = try container.decode(Int.self, forKey: .epoch)
    values = [:]
    undefined = try container.decodeIfPresent([String: String].self, forKey: .undefined) ?? [:]
    for key in container.allKeys where key != .fold && key != .epoch && key != .undefined {
      values[key.stringValue] = try container.decode(Double.self, forKey: key)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var all = values.mapValues(JSONValue.number)
    all["fold"] = .integer(fold)
    all["epoch"] = .integer(epoch)
    if !undefined.isEmpty { all["undefined"] = .object(undefined.mapValues(JSONValue.string)) }
    try JSONValue.object(all).encode(to: encoder)
  }

  private struct Key: CodingKey, Equatable {
    static let fold = Key("fold")
    static let epoch = Key("epoch")
    static let undefined = Key("undefined")

    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
  }
}

extension EpochRecord: CheckedRecord {
  package func check() throws(RecordProblem) {
    try RecordProblem.require("fold", fold, in: 0...1_000_000)
    try RecordProblem.require("epoch", epoch, in: 1...1_000_000)
  }
}
