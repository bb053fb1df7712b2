import ExperimentConfig
import Report
import RunRecord
import Statistics
import TaskRegistry

/// The inputs of a verdict.
struct VerdictBasis {
  let a: ComparedRun
  let b: ComparedRun
  let configuration: [ConfigurationChange]
  /// Code, data and environment.
  let facts: [FactChange]
  let scores: [ScoreTable]
  let weights: WeightsDiff
  let curves: CurveDiff
  /// `nil` if the two held-out sets are not both known.
  let moves: SplitMoves?
  /// `nil` if neither run has predictions.
  let samePredictions: Bool?
}

/// The conclusion of a diff: what may have caused the difference, and whether it exceeds noise.
package struct Verdict: Sendable, Equatable {
  package enum Outcome: String, Sendable {
    case identical
    case indistinguishable
    case aBetter = "A better"
    case bBetter = "B better"
    /// The validation scores differ beyond noise, but the test set does not confirm it.
    case notConfirmed = "not confirmed"
    case notComparable = "not comparable"
  }

  package let outcome: Outcome
  /// The reason, as one sentence without a full stop.
  package let reason: String
  /// Differences that can change what is learned.
  package let causes: [String]
  /// A caveat for the reader: empty, or a sentence without a full stop.
  package let caution: String
  /// Whether the verdict rests on validation scores; if so, the caution says what the test set
  /// shows.
  package let isByValidation: Bool

  init(_ basis: VerdictBasis) {
    causes = Self.causes(basis)
    if let reason = Self.identical(basis) {
      outcome = .identical
      self.reason = reason
      caution = ""
      isByValidation = false
      return
    }
    let judgement = Self.judge(basis)
    (outcome, reason, caution) = (judgement.outcome, judgement.reason, judgement.caution)
    isByValidation = judgement.isByValidation
  }

  /// The verdict, its causes and the caution as sentences for people.
  package var sentences: [String] {
    var result = ["\(heading): \(reason)."]
    switch causes.count {
    case 0 where outcome == .identical: break
    case 0: result.append("Nothing that was recorded differs in a way that could have caused it.")
    case 1: result.append("One difference could be the cause: \(causes[0]).")
    default:
      result.append(
        "\(causes.count) differences could be the cause: "
          + causes.joined(separator: "; ") + ".")
    }
    if !caution.isEmpty { result.append(caution + ".") }
    return result
  }

  package var heading: String {
    switch outcome {
    case .identical: "Identical"
    case .indistinguishable: "Indistinguishable"
    case .aBetter: isByValidation ? "A is better by validation" : "A is better"
    case .bBetter: isByValidation ? "B is better by validation" : "B is better"
    case .notConfirmed: "Not confirmed"
    case .notComparable: "Not comparable"
    }
  }

  // MARK: Causes

  private static func causes(_ basis: VerdictBasis) -> [String] {
    let semantic = basis.configuration.filter { $0.kind == .semantic }
    let isThreads = semantic.contains { $0.path == "threads" }
    let facts = basis.facts.filter { fact in
      fact.isCausal && fact.differs && !(fact.label == "threads" && isThreads)
    }
    // A different fingerprint says nothing beyond a different data set, and a different data set
    // used says nothing beyond a different one requested.
    var told: Set<String> = []
    if facts.contains(where: { $0.label == "data set used" }) { told.insert("fingerprint") }
    if semantic.contains(where: { $0.path == "data.dataset" }) { told.insert("data set used") }
    if semantic.contains(where: { $0.path == "device" }) { told.insert("device") }
    var causes = semantic.map(\.description)
    for fact in facts where !told.contains(fact.label) { causes.append(fact.description) }
    guard let moves = basis.moves, !moves.isEmpty else { return causes }
    // A different seed, different data or a different split already explains different held-out
    // examples.
    let isExplained =
      semantic.contains { $0.path == "seed" || $0.path.hasPrefix("data.") }
      || facts.contains { ["fingerprint", "data set used"].contains($0.label) }
    if let fold = facts.firstIndex(where: { $0.label == "fold" }).map({ facts[$0].description }) {
      return causes.map { $0 == fold ? "\(fold) (\(moves.summary))" : $0 }
    }
    return isExplained ? causes : causes + ["the training examples differ: \(moves.summary)"]
  }

  // MARK: Identical

  /// Why the two runs are identical; `nil` if any of their results differ.
  private static func identical(_ basis: VerdictBasis) -> String? {
    let (a, b) = (basis.a, basis.b)
    let isOne = a.run.path == b.run.path
    guard a.evidence.info["status"] == b.evidence.info["status"],
      basis.configuration.allSatisfy({ $0.kind == .cosmetic }),
      basis.scores.allSatisfy({ !$0.rows.contains(where: \.differs) }),
      basis.curves.isIdentical, basis.samePredictions ?? true, basis.weights.changes.isEmpty,
      // A file that only one run has is a difference, unless both are the same directory.
      isOne || basis.weights.notes.isEmpty || !basis.weights.isCompared, !basis.weights.isUneven
    else { return nil }
    if isOne { return "A and B are the same run" }
    guard basis.samePredictions != nil || !a.evidence.epochs.isEmpty else { return nil }
    let data = basis.facts.filter { ["fingerprint", "data set used"].contains($0.label) }
    if data.contains(where: \.differs) { return nil }
    return "every epoch, every prediction and every weight is the same"
  }

  // MARK: Judging

  private struct Judgement {
    var outcome: Outcome
    var reason: String
    var caution = ""
    var isByValidation = false

    init(_ outcome: Outcome, _ reason: String) {
      self.outcome = outcome
      self.reason = reason
    }
  }

  private static func judge(_ basis: VerdictBasis) -> Judgement {
    for run in [basis.a, basis.b] where run.evidence.status != "finished" {
      let state = run.evidence.status == "unknown" ? "has no readable status" : "has not finished"
      return Judgement(.notComparable, "\(run.label) \(state)")
    }
    // The test set did not choose the weights, so it takes precedence, unless both runs have folds
    // or seeds.
    let tables = basis.scores.sorted { rank($0, basis) < rank($1, basis) }
    let primary = basis.a.evidence.primary
    guard let table = tables.first(where: { $0[primary]?.test != nil }),
      let score = table[primary], let test = score.test
    else {
      var reasons: [String] = []
      for reason in tables.compactMap(\.reason) where !reasons.contains(reason) {
        reasons.append(reason)
      }
      return Judgement(
        .notComparable,
        reasons.isEmpty
          ? "the runs have no scores in common" : reasons.joined(separator: "; "))
    }
    let numbers = text(score, test, table)
    if let only = onlyNoise(basis) {
      return Judgement(
        .indistinguishable,
        "only the \(only) differs, so the difference is training noise: "
          + numbers)
    }
    let testTable = tables.first { $0.split == "test" }
    var judgement = Judgement(.indistinguishable, numbers)
    judgement.isByValidation = table.split == "validation"
    guard score.isSignificant, let isBBetter = score.isBBetter else {
      let others = table.rows.filter { $0.isSignificant && $0.key != primary }
        .map { row in
          "\(label(row.key)) is better in \(row.isBBetter ?? false ? "B" : "A") (p "
            + "\(NumberWords.p(row.test?.adjusted ?? 1)))"
        }
      var cautions = others.isEmpty ? [] : ["However, " + others.joined(separator: ", ")]
      if judgement.isByValidation, let text = disagreement(testTable, primary) {
        cautions.append(text)
      }
      judgement.caution = cautions.joined(separator: ". ")
      return judgement
    }
    judgement.outcome = isBBetter ? .bBetter : .aBetter
    if judgement.isByValidation {
      let confirmation = Confirmation(of: isBBetter, by: testTable, primary)
      switch confirmation.outcome {
      case .confirmed, .unknown:
        judgement.caution = confirmation.text.prefix(1).uppercased() + confirmation.text.dropFirst()
      case .notConfirmed, .contradicted:
        judgement.outcome = .notConfirmed
        judgement.reason =
          "\(isBBetter ? "B" : "A") is better by validation, but \(confirmation.text): \(numbers)"
      }
    } else {
      var cautions: [String] = []
      if let text = contradiction(tables.first { $0.split == "validation" }, primary, isBBetter) {
        cautions.append(text)
      }
      if test.name != "corrected resampled t" {
        cautions.append(
          "One training each: the test compares these two models; folds or more seeds would compare "
            + "their recipes")
      }
      judgement.caution = cautions.joined(separator: ". ")
    }
    return judgement
  }

  /// What the test set shows if validation does not tell the runs apart; `nil` if there is no test
  /// of it.
  private static func disagreement(_ table: ScoreTable?, _ primary: String) -> String? {
    guard let score = table?[primary], let test = score.test else { return nil }
    let p = "p \(NumberWords.p(test.adjusted))"
    guard score.isSignificant, let isBBetter = score.isBBetter else {
      return "The test set does not distinguish them either (\(label(primary)), \(p))"
    }
    return
      "However, test \(label(primary)) is better in \(isBBetter ? "B" : "A") (\(test.name), \(p))"
  }

  /// What validation shows if it says the opposite of the test set, beyond noise; `nil` if it does not.
  private static func contradiction(
    _ table: ScoreTable?, _ primary: String, _ isBBetter: Bool
  ) -> String? {
    guard let score = table?[primary], let test = score.test, score.isSignificant,
      let other = score.isBBetter, other != isBBetter
    else { return nil }
    return "However, validation \(label(primary)) is better in \(other ? "B" : "A") ("
      + "\(score.difference.map { NumberWords.signed($0) } ?? "–"), \(test.name), p "
      + "\(NumberWords.p(test.adjusted)))"
  }

  private static func rank(_ table: ScoreTable, _ basis: VerdictBasis) -> Int {
    let hasParts = !basis.a.parts.isEmpty && !basis.b.parts.isEmpty
    return (table.split == "test") == hasParts ? 1 : 0
  }

  /// `seed` or `fold` if nothing else differs, which means that the recipe is the same; otherwise
  /// `nil`.
  private static func onlyNoise(_ basis: VerdictBasis) -> String? {
    let paths = basis.configuration.filter { $0.kind == .semantic }.map(\.path)
    let facts = basis.facts.filter { $0.isCausal && $0.differs }.map(\.label)
    if paths == ["seed"], facts.isEmpty { return "seed" }
    let isFold = [basis.a, basis.b].allSatisfy { $0.info("fold") != nil }
    return isFold && paths.isEmpty && facts == ["fold"] ? "fold" : nil
  }

  private static func text(
    _ score: ScoreChange, _ test: ScoreChange.Test, _ table: ScoreTable
  ) -> String {
    let values = [score.a, score.b].map { $0.map { NumberWords.score($0) } ?? "–" }
    let change = score.difference.map { NumberWords.signed($0) } ?? "–"
    let range =
      score.interval.map {
        ", \($0.method.confidenceText) interval \(NumberWords.signed($0.lower)) to "
          + "\(NumberWords.signed($0.upper)) (\($0.method.basisText))"
      } ?? ""
    let holm = table.rows.count { $0.test != nil } > 1 ? ", Holm-corrected" : ""
    return "\(table.split) \(label(score.key)) \(values[0]) → \(values[1]), \(change)\(range), on "
      + "\(table.basis) (\(test.name), \(test.detail), p \(NumberWords.p(test.adjusted))\(holm))"
  }

  /// `f1_macro` as `f1 macro`.
  private static func label(_ key: String) -> String { TaskRegistry.label(key) }
}

/// How comparisons format numbers.
package enum NumberWords {
  package static func score(_ value: Double) -> String {
    value.isFinite ? NumberText.fixed(value, 4) : NumberText.fixed(value, 0)
  }

  /// With a sign: `+0.0120`, `−0.0031`.
  package static func signed(_ value: Double) -> String {
    guard value.isFinite else { return NumberText.fixed(value, 0) }
    let text = NumberText.fixed(abs(value), 4)
    return text == "0.0000" ? (value == 0 ? "0" : "±0.0000") : (value < 0 ? "−" : "+") + text
  }

  /// `= 0.034` or `< 0.0001`.
  package static func p(_ value: Double) -> String {
    if value < 1e-4 { return "< 0.0001" }
    return "= " + NumberText.fixed(value, value < 0.001 ? 5 : value < 0.1 ? 4 : 3)
  }
}
