/// Whether the test set bears out what validation says: validation examples are many looks at few data,
/// and have chosen the epochs; the test set has not.
struct Confirmation {
  enum Outcome {
    /// The test set was not tested.
    case unknown
    /// It shows the same difference, beyond noise.
    case confirmed
    /// It shows no difference beyond noise.
    case notConfirmed
    /// It shows the opposite, beyond noise.
    case contradicted
  }

  let outcome: Outcome
  /// A clause, such as `test f1 0.91 → 0.92, p = 0.34, does not confirm it`.
  let text: String

  /// - Parameters:
  ///   - isBBetter: what validation says.
  ///   - table: the test set's scores; `nil` if the runs have none in common.
  ///   - primary: the key of the score that decides.
  init(of isBBetter: Bool, by table: ScoreTable?, _ primary: String) {
    let name = primary.replacing("_", with: " ")
    guard let table, let score = table[primary] else {
      outcome = .unknown
      text = "there is no test score of both runs to confirm it"
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
      : "the test set says the opposite (\(name) \(numbers))"
  }
}
