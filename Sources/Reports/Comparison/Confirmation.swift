import TaskRegistry

/// Whether the test set confirms what the validation scores say. The validation examples were
/// looked at many times and chose the epochs; the test set was not.
struct Confirmation {
  enum Outcome {
    /// There is no test of the test scores.
    case unknown
    /// The test set shows the same difference, beyond noise.
    case confirmed
    /// The test set shows no difference beyond noise.
    case notConfirmed
    /// The test set shows the opposite difference, beyond noise.
    case contradicted
  }

  let outcome: Outcome
  /// A clause, such as `test f1 0.91 → 0.92, p = 0.34, does not confirm it`.
  let text: String

  /// - Parameters:
  ///   - isBBetter: whether B is better by validation.
  ///   - table: the scores on the test set; `nil` if the runs have none in common.
  ///   - primary: the key of the primary score.
  init(of isBBetter: Bool, by table: ScoreTable?, _ primary: String) {
    let name = TaskRegistry.label(primary)
    guard let table, let score = table[primary] else {
      outcome = .unknown
      text = "the runs have no common test score to confirm it"
      return
    }
    guard let test = score.test else {
      outcome = .unknown
      text = "the test set cannot confirm it: " + (table.reason ?? "\(name) was not tested")
      return
    }
    let numbers =
      [score.a, score.b].map { $0.map { NumberWords.score($0) } ?? "–" }.joined(separator: " → ")
      + ", \(test.name), p \(NumberWords.p(test.adjusted))"
    guard score.isSignificant, let isTestBBetter = score.isBBetter else {
      outcome = .notConfirmed
      text = "the test set does not confirm it (\(name) \(numbers))"
      return
    }
    outcome = isTestBBetter == isBBetter ? .confirmed : .contradicted
    text =
      outcome == .confirmed
      ? "the test set confirms it (\(name) \(numbers))"
      : "the test set contradicts it (\(name) \(numbers))"
  }
}
