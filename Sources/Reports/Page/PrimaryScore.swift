import ExperimentConfig
import RunRecord
import Statistics
import Tasks

/// Facts about a run's primary score, and the terms that its task uses for it.
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

  /// The best possible score.
  var perfect: Double { facts.higherIsBetter ? facts.range.upperBound : facts.range.lowerBound }

  /// Where `value` lies between guessing (0) and a perfect score (1); `nil` if guessing is perfect.
  func skill(_ value: Double, guessing: Double) -> Double? {
    guessing == perfect ? nil : (value - guessing) / (perfect - guessing)
  }

  /// How much worse `value` is than `reference`.
  func loss(_ reference: Double, to value: Double) -> Double {
    facts.higherIsBetter ? reference - value : value - reference
  }

  /// Whether a validation score worse than the training score by `loss` is a sign of overfitting.
  func isGap(_ loss: Double, from training: Double) -> Bool {
    switch terms.gap {
    case .difference(let least): loss >= least
    case .share(let least): loss >= least * abs(training)
    }
  }

  // MARK: Formatting

  /// For example `97.5%` or `0.1473 mm`.
  func text(_ value: Double) -> String {
    facts.unit == .share ? Insight.percent(value) : NumberText.fixed(value, 4) + unit
  }

  /// For example `3.8 points` or `0.0116 mm`.
  func difference(_ value: Double) -> String {
    facts.unit == .share
      ? NumberText.fixed(abs(value) * 100, 1) + " points" : NumberText.fixed(abs(value), 4) + unit
  }

  private var unit: String {
    if case .target(let name?) = facts.unit { " \(name)" } else { "" }
  }

  /// For example `97.5% of 100 examples are classified correctly` or
  /// `on 100 examples the RMSE is 0.1473`.
  func sentence(_ value: Double, of examples: String) -> String {
    terms.predicate.map { "\(text(value)) of \(examples) \($0)" }
      ?? "on \(examples) the \(terms.score) is \(text(value))"
  }

  /// Text that continues ``sentence(_:of:)``, such as `90.0% of the validation examples`.
  func continuation(_ value: Double, of examples: String) -> String {
    "\(text(value)) \(terms.predicate == nil ? "on" : "of") \(examples)"
  }
}

/// The primary score of a split.
package struct SplitScore: Sendable {
  package var value: Double
  /// The number of distinct examples; `nil` if the run does not say.
  package var count: Int?
  /// The 95% confidence interval of the score; `nil` if there is none.
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

  /// The squared standard error; `nil` if unknown.
  ///
  /// - Parameter isShare: whether the score is the share of examples predicted correctly.
  func variance(isShare: Bool) -> Double? {
    if isShare {
      guard let count, count > 0 else { return nil }
      return max(value * (1 - value), 0) / Double(count)
    }
    guard let interval else { return nil }
    // The interval spans 1.96 standard errors on either side.
    let error = (interval.upper - interval.lower) / (2 * 1.959_963_984_540_054)
    return error * error
  }
}
