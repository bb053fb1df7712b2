import ExperimentConfig

/// `results.csv` of a sweep: one row per trial, best first. Independent of the clock.
package struct SweepTable: Sendable, Equatable {
  package static let name = "results.csv"

  package struct Row: Sendable, Equatable {
    /// From 1; `nil` for a trial that is unfinished, whose objective is undefined, or whose
    /// examples differ from those of the others.
    package var rank: Int?
    /// From 1.
    package var trial: Int
    /// Its folder below `trials/`.
    package var directory: String
    /// `finished`, `stopped` (at an early comparison), `failed`, `unfinished` or `planned`.
    package var status: String
    /// One text per key.
    package var values: [String]
    /// The objective's value, or the best so far for a stopped trial; `nil` if it is undefined.
    package var objective: Double?
    package var epochs: Int?
    package var bestEpoch: Int?
    /// The scores by column name: `validation_loss`, `test_f1_macro` and so on.
    package var scores: [String: Double]
    /// Why it failed, or why its objective is undefined.
    package var reason: String?
    /// The fingerprint of its data; not in the file.
    package var examples: String?

    package init(
      rank: Int? = nil, trial: Int, directory: String, status: String, values: [String],
      objective: Double? = nil, epochs: Int? = nil, bestEpoch: Int? = nil,
      scores: [String: Double] = [:], reason: String? = nil, examples: String? = nil
    ) {
      self.reason = reason
      self.examples = examples
      self.rank = rank
      self.trial = trial
      self.directory = directory
      self.status = status
      self.values = values
      self.objective = objective
      self.epochs = epochs
      self.bestEpoch = bestEpoch
      self.scores = scores
    }
  }

  /// The labels of the varied keys.
  package var keys: [String]
  /// The objective, such as `validation_loss`.
  package var objective: String
  package var higherIsBetter: Bool
  package var rows: [Row]

  /// Sorts the rows: finished ones by objective, then those with an undefined objective, then
  /// stopped ones by progress, with ties in order of their numbers. Trials on different data are
  /// not ranked, because their scores are not comparable.
  package init(keys: [String], objective: String, higherIsBetter: Bool, rows: [Row]) {
    self.keys = keys
    self.objective = objective
    self.higherIsBetter = higherIsBetter
    // A trial with an undefined objective was scored on its examples like the others.
    let examples = rows.filter { $0.status == "finished" || $0.status == "stopped" }
      .sorted { $0.trial < $1.trial }.compactMap(\.examples)
    let isOne = Set(examples).count <= 1
    func cost(_ row: Row) -> Double {
      guard let value = row.objective, !value.isNaN else { return .infinity }
      return higherIsBetter ? -value : value
    }
    func group(_ row: Row) -> Int {
      if row.isScored { return 0 }
      return 1 + (["finished", "stopped", "unfinished", "planned"].firstIndex(of: row.status) ?? 4)
    }
    func data(_ row: Row) -> Int {
      row.isScored ? row.examples.flatMap { examples.firstIndex(of: $0) } ?? 0 : 0
    }
    func order(_ row: Row) -> (Int, Int, Int, Double, Int) {
      (
        group(row), data(row), row.status == "stopped" ? -(row.epochs ?? 0) : 0, cost(row),
        row.trial
      )
    }
    self.rows = rows.sorted { order($0) < order($1) }
    for index in self.rows.indices {
      self.rows[index].rank = isOne && self.rows[index].isScored ? index + 1 : nil
    }
  }

  /// The first row, if it is ranked.
  package var best: Row? { rows.first.flatMap { $0.rank == 1 ? $0 : nil } }

  /// Whether all scored trials use the same data and are therefore ranked.
  package var isRanked: Bool { rows.allSatisfy { !$0.isScored || $0.rank != nil } }

  /// The finished trials whose objective is undefined.
  package var undefined: [Row] { rows.filter { $0.status == "finished" && !$0.isScored } }

  package func count(_ status: String) -> Int { rows.count { $0.status == status } }

  // MARK: Text

  private static let fixed = ["rank", "trial", "directory", "status"]
  /// The last column; earlier versions did not write it.
  private static let reason = "reason"

  /// The contents of the file: RFC 4180 with line feeds.
  package var csv: String {
    let scores = Set(rows.flatMap(\.scores.keys)).sorted()
    var text = Self.line(
      Self.fixed + keys + ["objective: \(higherIsBetter ? "max" : "min") \(objective)"]
        + ["epochs", "best_epoch"] + scores + [Self.reason])
    for row in rows {
      let head = [row.rank.map(String.init) ?? "", String(row.trial), row.directory, row.status]
      let numbers = [
        row.objective.map { "\($0)" } ?? "", row.epochs.map(String.init) ?? "",
        row.bestEpoch.map(String.init) ?? "",
      ]
      text += Self.line(
        head + row.values + numbers + scores.map { row.scores[$0].map { "\($0)" } ?? "" }
          + [row.reason ?? ""])
    }
    return text
  }

  /// Parses ``csv``; `nil` for any other text.
  package init?(csv: String) {
    var records = Self.records(csv)[...]
    guard let heading = records.popFirst(), heading.prefix(4) == Self.fixed[...],
      let place = heading.firstIndex(where: { $0.hasPrefix("objective: ") }), place >= 4,
      heading.count >= place + 3
    else { return nil }
    keys = Array(heading[4..<place])
    let words = heading[place].split(separator: " ").map(String.init)
    guard words.count == 3 else { return nil }
    higherIsBetter = words[1] == "max"
    objective = words[2]
    rows = []
    let hasReason = heading.last == Self.reason
    for cells in records {
      guard cells.count == heading.count, let trial = Int(cells[1]) else { return nil }
      var scores: [String: Double] = [:]
      for column in (place + 3)..<(heading.count - (hasReason ? 1 : 0)) {
        scores[heading[column]] = Double(cells[column])
      }
      var row = Row(
        rank: Int(cells[0]), trial: trial, directory: cells[2], status: cells[3],
        values: Array(cells[4..<place]), objective: Double(cells[place]),
        epochs: Int(cells[place + 1]), bestEpoch: Int(cells[place + 2]), scores: scores)
      if hasReason, let text = cells.last, !text.isEmpty { row.reason = text }
      // Earlier versions ranked trials without a value.
      if !row.isScored { row.rank = nil }
      rows.append(row)
    }
  }

  private static func line(_ cells: [String]) -> String {
    cells.map { cell in
      let isPlain = !cell.unicodeScalars.contains { ",\"\n\r".unicodeScalars.contains($0) }
      return isPlain ? cell : "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }.joined(separator: ",") + "\n"
  }

  private static func records(_ text: String) -> [[String]] {
    var records: [[String]] = []
    var cells: [String] = []
    var cell = ""
    var isQuoted = false
    var wasQuote = false
    for scalar in text.unicodeScalars {
      if isQuoted {
        if scalar == "\"" {
          isQuoted = false
          wasQuote = true
        } else {
          cell.unicodeScalars.append(scalar)
        }
        continue
      }
      switch scalar {
      case "\"":
        // A doubled quote within quotes is a literal quote.
        if wasQuote { cell.append("\"") }
        isQuoted = true
      case ",":
        cells.append(cell)
        cell = ""
      case "\n":
        records.append(cells + [cell])
        cells = []
        cell = ""
      default: cell.unicodeScalars.append(scalar)
      }
      wasQuote = false
    }
    return records
  }
}

extension SweepTable.Row {
  /// Whether it is finished and its objective is defined.
  package var isScored: Bool { status == "finished" && (objective?.isFinite ?? false) }
}
