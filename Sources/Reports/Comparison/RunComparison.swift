import ExperimentConfig
import Report
import RunRecord
import Statistics
import Tasks

/// Several runs side by side: how their configurations differ, their scores and their costs.
package struct RunComparison: Sendable {
  /// A row of the configuration table: one value per run.
  package struct Setting: Sendable, Equatable {
    package var path: String
    /// `nil` for runs that have no such value.
    package var values: [String?]
    package var kind: ConfigurationChange.Kind
  }

  package struct Score: Sendable {
    package var split: String
    package var key: String
    package var cells: [Cell]
    /// The run that is better than every other by more than noise; empty if there is none.
    package var best: Set<Int>
  }

  package struct Cell: Sendable, Equatable {
    package var value: Double?
    package var interval: Interval?
    /// Standard deviation over folds or seeds.
    package var deviation: Double?
  }

  package struct Fact: Sendable, Equatable {
    package var label: String
    /// Formatted for people.
    package var values: [String?]
    /// As plain numbers, for other programs.
    package var numbers: [Double?]
  }

  package let runs: [ComparedRun]
  package let settings: [Setting]
  package let scores: [Score]
  package let facts: [Fact]
  package let curves: [LearningCurve]
  /// The split whose predictions are compared: the test set if a run has predictions of it, else
  /// the validation set.
  package let split: String
  /// `nil` if the task has no scores per class, label or target.
  package let partScores: PartScores?
  /// `nil` if the task has no matrices of counts.
  package let matrices: CountMatrices?
  /// Why scores of these runs are not comparable.
  package let cautions: [String]
  /// Why the scores of a split are not ranked, by split; no entry if they are.
  package let obstacles: [String: String]

  package init(_ directories: [RunDirectory]) {
    let runs = directories.enumerated().map {
      ComparedRun($0.element, label: Self.label($0.offset))
    }
    self.runs = runs
    settings = Self.settings(runs)
    var obstacles: [String: String] = [:]
    for split in ["test", "validation"] { obstacles[split] = Self.obstacle(runs, split) }
    self.obstacles = obstacles
    scores = ["test", "validation"].flatMap {
      Self.scores(runs, $0, isRanked: obstacles[$0] == nil)
    }
    facts = Self.facts(runs)
    curves = runs.map { LearningCurve($0.evidence.epochs) }
    let hasTest = runs.contains { $0.evidence.predictions["test"] != nil }
    let split = hasTest ? "test" : "validation"
    self.split = split
    let task = runs.lazy.compactMap { $0.task(for: split) }.first
    let answers = Self.answers(runs, split, task)
    partScores = task?.partScores(answers)
    matrices = task?.countMatrices(answers)
    cautions = Self.cautions(runs, obstacles)
  }

  /// The key of the score by which the runs are compared: the primary score of the first run.
  package var primary: String { runs.first?.evidence.primary ?? "loss" }

  /// Whether a score is a share, from 0 to 1.
  package func isShare(_ key: String) -> Bool {
    runs.lazy.compactMap { $0.evidence.facts(of: key) }.first?.unit == .share
  }

  /// The examples and models that the scores of a run on a split come from; `nil` if the run does
  /// not record them.
  package func basis(_ split: String, _ run: Int) -> ScoreBasis? {
    runs[run].evidence.basis(of: split)
  }

  /// Why the scores of a split are not ranked: each run that is not comparable with the first.
  private static func obstacle(_ runs: [ComparedRun], _ split: String) -> String? {
    let scored = runs.filter { !($0.evidence.summary[split]?.object ?? [:]).isEmpty }
    guard let first = scored.first else { return nil }
    let reasons = scored.dropFirst().compactMap { other in
      CommonGround.obstacle(split, first, other).map { reason in
        runs.count == 2 ? reason : "\(first.label) and \(other.label): \(reason)"
      }
    }
    return reasons.isEmpty ? nil : reasons.joined(separator: "; ")
  }

  /// A to Z, then 27, 28 and so on.
  static func label(_ index: Int) -> String {
    index < 26 ? String(Character(Unicode.Scalar(UInt8(65 + index)))) : String(index + 1)
  }

  // MARK: Configuration

  /// The settings that differ from the first run that has a configuration, with their value in
  /// every run.
  private static func settings(_ runs: [ComparedRun]) -> [Setting] {
    guard let base = runs.firstIndex(where: { $0.configuration != nil }),
      let tree = runs[base].configuration
    else { return [] }
    var order: [String] = []
    var found: [String: (base: String?, values: [Int: String?], kind: ConfigurationChange.Kind)] =
      [:]
    for (index, run) in runs.enumerated() {
      guard index != base, let other = run.configuration else { continue }
      for change in ConfigurationDiff.changes(tree, other) {
        if found[change.path] == nil {
          order.append(change.path)
          found[change.path] = (change.a?.text, [:], change.kind)
        }
        found[change.path]?.values[index] = .some(change.b?.text)
      }
    }
    return order.compactMap { path in
      guard let entry = found[path] else { return nil }
      let values = runs.indices.map { index -> String? in
        if runs[index].configuration == nil { return nil }
        if let value = entry.values[index] { return value }
        return entry.base
      }
      return Setting(path: path, values: values, kind: entry.kind)
    }
  }

  // MARK: Scores

  private static func scores(
    _ runs: [ComparedRun], _ split: String, isRanked: Bool
  ) -> [Score] {
    var ranking = Ranking(runs, split)
    let values = runs.map { $0.evidence.summary[split]?.object ?? [:] }
    let all = values.reduce(into: Set<String>()) { $0.formUnion($1.keys) }
    let primary = runs.first?.evidence.primary ?? ""
    let others = runs.first?.terms.scores.filter { $0 != primary } ?? []
    let first = ([primary] + others + ["loss"]).filter(all.contains)
    return (first + all.subtracting(first).sorted()).compactMap { key -> Score? in
      let cells = runs.enumerated().map { index, run in
        Cell(
          value: values[index][key]?.number,
          interval: run.evidence.interval(split, key),
          deviation: run.evidence.summary["\(split)_sd"]?[key]?.number)
      }
      if cells.allSatisfy({ $0.value == nil }) { return nil }
      let best =
        isRanked
        ? ranking.best(
          key, cells.map(\.value),
          isHigherBetter: runs.lazy.compactMap { $0.evidence.facts(of: key) }.first?.higherIsBetter)
        : []
      return Score(split: split, key: key, cells: cells, best: best)
    }
  }

  // MARK: Facts

  private static func facts(_ runs: [ComparedRun]) -> [Fact] {
    func counts(_ label: String, _ value: (ComparedRun) -> Int?) -> Fact {
      let numbers = runs.map(value)
      return Fact(
        label: label, values: numbers.map { $0.map(NumberText.grouped) },
        numbers: numbers.map { $0.map(Double.init) })
    }
    let seconds = runs.map(\.evidence.duration)
    let flops = runs.map(flops)
    let all = [
      counts("epochs") { $0.evidence.summary["epochs"]?.integer ?? $0.evidence.epochs.last?.epoch },
      Fact(
        label: "best epoch",
        values: runs.map { run in
          run.parts.isEmpty
            ? run.evidence.bestEpoch.map(NumberText.grouped)
            : run.evidence.bestEpochsOfParts.flatMap(range)
        },
        numbers: runs.map { $0.evidence.bestEpoch.map(Double.init) }),
      counts("parameters, total") { $0.evidence.summary["parameters"]?["total"]?.integer },
      counts("parameters, trainable") { $0.evidence.summary["parameters"]?["trainable"]?.integer },
      Fact(
        label: "time", values: seconds.map { $0.map(RunTime.text) },
        numbers: seconds.map { $0.map(Double.init) }),
      Fact(
        label: "FLOPs per example", values: flops.map { $0.map(NumberText.grouped) },
        numbers: flops.map { $0.map(Double.init) }),
    ]
    return all.filter { $0.values.contains { $0 != nil } }
  }

  /// `7`, or `3 to 7`.
  private static func range(_ numbers: [Int]) -> String? {
    guard let low = numbers.min(), let high = numbers.max() else { return nil }
    return low == high ? "\(low)" : "\(low) to \(high)"
  }

  /// FLOPs of one forward pass for one example, from the plan of `resolved.yaml`.
  private static func flops(_ run: ComparedRun) -> Int? {
    LayerTable(run.run).flops.flatMap { $0 > 0 ? $0 : nil }
  }

  private static func cautions(
    _ runs: [ComparedRun], _ obstacles: [String: String]
  ) -> [String] {
    let prints = Set(runs.map { $0.info("dataset", "fingerprint") ?? "" })
    if prints.count > 1 {
      let names = runs.map { "\($0.label) '\($0.info("dataset", "used") ?? "unknown")'" }
      return [
        "the runs did not use the same data: " + names.joined(separator: ", ")
          + "; their scores are not comparable"
      ]
    }
    let unranked = ["test", "validation"].compactMap { split in
      obstacles[split].map { "\($0); \(split) scores are not ranked" }
    }
    return unranked + [ComparedRun.withoutScores(runs)].compactMap(\.self) + losses(runs)
  }

  /// One reason for each run whose loss is a different quantity from the first run's.
  private static func losses(_ runs: [ComparedRun]) -> [String] {
    guard let first = runs.first else { return [] }
    return runs.dropFirst().compactMap { CommonGround.losses(first, $0) }
  }
}
