import ExperimentConfig
import RunRecord
import Statistics
import Tasks

/// What a run's primary score says, and how its task speaks of it.
package struct PrimaryScore: Sendable {
  package var facts: MetricFacts
  package var terms: FitTerms

  package init(_ facts: MetricFacts, _ terms: FitTerms) {
    self.facts = facts
    self.terms = terms
  }

  init(_ evidence: RunEvidence) {
    let task = evidence.task
    facts =
      evidence.facts(of: evidence.primary) ?? MetricFacts(unit: .share, higherIsBetter: true)
    terms = type(of: task).fit
  }

  /// The score of a model without a mistake.
  var perfect: Double { facts.higherIsBetter ? facts.range.upperBound : facts.range.lowerBound }

  /// How far from guessing to a perfect score `value` is: 0 to 1; `nil` if guessing is perfect.
  func skill(_ value: Double, guessing: Double) -> Double? {
    guessing == perfect ? nil : (value - guessing) / (perfect - guessing)
  }

  /// How much worse `value` is than `reference`.
  func loss(_ reference: Double, to value: Double) -> Double {
    facts.higherIsBetter ? reference - value : value - reference
  }

  /// Whether a score that is so much worse than that of the training examples is a sign of overfitting.
  func isGap(_ loss: Double, from training: Double) -> Bool {
    switch terms.gap {
    case .difference(let least): loss >= least
    case .share(let least): loss >= least * abs(training)
    }
  }

  // MARK: Words

  /// `97.5%`, `0.1473 mm`.
  func text(_ value: Double) -> String {
    facts.unit == .share ? Insight.percent(value) : NumberText.fixed(value, 4) + unit
  }

  /// `3.8 points`, `0.0116 mm`.
  func difference(_ value: Double) -> String {
    facts.unit == .share
      ? NumberText.fixed(abs(value) * 100, 1) + " points" : NumberText.fixed(abs(value), 4) + unit
  }

  private var unit: String {
    if case .target(let name?) = facts.unit { " \(name)" } else { "" }
  }

  /// `97.5% of 100 examples are classified correctly`, `on 100 examples the RMSE is 0.1473`.
  func sentence(_ value: Double, of examples: String) -> String {
    terms.predicate.map { "\(text(value)) of \(examples) \($0)" }
      ?? "on \(examples) the \(terms.score) is \(text(value))"
  }

  /// What continues ``sentence(_:of:)``: `90.0% of the validation examples`.
  func continuation(_ value: Double, of examples: String) -> String {
    "\(text(value)) \(terms.predicate == nil ? "on" : "of") \(examples)"
  }
}

/// The primary score of a split.
package struct SplitScore: Sendable {
  package var value: Double
  /// Different examples; `nil` if the run does not say it.
  package var count: Int?
  /// The 95 % interval of the score, if it has one.
  package var interval: Interval?

  package init(_ value: Double, count: Int? = nil, interval: Interval? = nil) {
    self.value = value
    self.count = count
    self.interval = interval
  }

  init?(_ evidence: RunEvidence, _ split: String) {
    guard let value = evidence.singleModelScore(split, evidence.primary) else { return nil }
    self.init(
      value, count: evidence.basis(of: split)?.examples,
      interval: evidence.interval(split, evidence.primary))
  }

  /// The square of the standard error; `nil` if it is not known.
  ///
  /// - Parameter isShare: whether the score is the share of the examples with a right answer.
  func variance(isShare: Bool) -> Double? {
    if isShare {
      guard let count, count > 0 else { return nil }
      return max(value * (1 - value), 0) / Double(count)
    }
    guard let interval else { return nil }
    // 1.96 standard errors on either side.
    let error = (interval.upper - interval.lower) / (2 * 1.959_963_984_540_054)
    return error * error
  }
}
