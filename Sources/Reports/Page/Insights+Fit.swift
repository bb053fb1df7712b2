import ExperimentConfig
import Tasks

extension Insights {
  /// Whether training diverged, judged by its losses.
  var divergence: Insight? {
    for (key, words) in [("train_loss", "training"), ("val_loss", "validation")] {
      guard !curve.points(key).isEmpty || curve.hasValues(key),
        let epoch = curve.firstNotFinite(key)
      else { continue }
      return Insight(
        .divergence, .warning,
        "Diverged: the \(words) loss was not a finite number in epoch \(epoch)\(rateText). "
          + Self.lowerRate)
    }
    guard let last = lastEpoch, let loss = curve.value("train_loss", at: last) else { return nil }
    let first = curve.points("train_loss").first
    let reference = evidence.baselineLoss ?? (first?.epoch == last ? nil : first?.value)
    guard let reference, reference > 0, loss > Self.divergedLoss * reference else { return nil }
    let meaning =
      "that of " + (evidence.baselineLoss == nil ? "the first epoch" : primary.terms.guessingByLoss)
    return Insight(
      .divergence, .warning,
      "Diverged: the training loss ended at \(Self.loss(loss)), far above \(Self.loss(reference)), "
        + "\(meaning)\(rateText). \(Self.lowerRate)")
  }

  private static let lowerRate = "Try a lower learning rate."

  private var rateText: String {
    guard let rate = curve["lr"].last(where: { $0.isFinite }) else { return "" }
    return ", at a learning rate of \(NumberText.short(rate))"
  }

  private static func loss(_ value: Double) -> String {
    value < 1e4 ? NumberText.fixed(value, 3) : NumberText.short(value)
  }

  /// Over- or underfitting, judged by the scores of the best weights on training and validation
  /// examples.
  var fit: Insight? {
    // Weights that were only scored say nothing about how to train them.
    if divergence != nil || !isTrained { return nil }
    if let rise = riseOfLoss { return rise }
    guard let training = evidence.trainScore, training.isFinite else { return nil }
    let sample = primary.sentence(training, of: evidence.sampleText)
    if let base = evidence.baselineScore ?? report.guessing,
      let skill = primary.skill(training, guessing: base), skill < primary.terms.leastSkill
    {
      return Insight(
        .fit, .warning,
        "Underfit: even \(sample), where \(primary.terms.guessing) gives \(primary.text(base)). "
          + (isStillFalling ? "More epochs are" : "A larger model is") + " the first thing to try.")
    }
    guard let validation, validation.value.isFinite else {
      return Insight(
        .fit, .neutral, "Overfitting cannot be judged without validation examples: \(sample).")
    }
    guard let error = errorOfGap(training, validation) else { return nil }
    let held = primary.continuation(validation.value, of: "the validation examples")
    let gap = primary.loss(training, to: validation.value)
    if primary.isGap(gap, from: training), gap > 2 * error {
      return Insight(
        .fit, .warning,
        "Overfit: \(sample), but \(primary.facts.higherIsBetter ? "only " : "")\(held). "
          + "Augmentation in data.transforms is the first thing to try.")
    }
    return Insight(.fit, .good, "No sign of over- or underfitting: \(sample), and \(held).")
  }

  /// The standard error of the difference between the score on the training sample and on the
  /// validation examples; `nil` if unknown.
  private func errorOfGap(_ training: Double, _ validation: SplitScore) -> Double? {
    let isShare = primary.terms.predicate != nil
    if isShare {
      let sampled = SplitScore(training, count: evidence.sampleCount)
      let variances = [sampled, validation].map { $0.variance(isShare: true) ?? 0 }
      return (variances[0] + variances[1]).squareRoot()
    }
    guard let variance = validation.variance(isShare: false) else { return nil }
    // Assume that training examples vary as validation examples do; only their number differs.
    guard let count = validation.count, let sampled = evidence.sampleCount, sampled > 0 else {
      return (2 * variance).squareRoot()
    }
    return (variance * (1 + Double(count) / Double(sampled))).squareRoot()
  }

  /// A validation loss that rises while the training loss falls.
  private var riseOfLoss: Insight? {
    guard let last = lastEpoch, curve.epochs.count >= 3,
      let best = curve.points("val_loss").min(by: { $0.value < $1.value }), best.value > 0,
      let loss = curve.value("val_loss", at: last), loss > best.value * (1 + Self.riseOfLoss),
      let trained = curve.value("train_loss", at: last),
      let trainedAtBest = curve.value("train_loss", at: best.epoch), trained < trainedAtBest
    else { return nil }
    return Insight(
      .fit, .warning,
      "Overfit since epoch \(best.epoch): until epoch \(last) the validation loss rose by "
        + "\(Insight.percent(loss / best.value - 1, 0)) while the training loss (running mean) "
        + "fell from \(Self.loss(trainedAtBest)) to \(Self.loss(trained)). train.early_stopping "
        + "stops training there.")
  }

  /// The loss whose curve shows whether more epochs would help: the validation loss, or without one
  /// the running mean of the training loss.
  private var convergingLoss: (key: String, name: String) {
    curve.points("val_loss").isEmpty
      ? ("train_loss", "training loss (running mean)") : ("val_loss", "validation loss")
  }

  private var window: Int { max(4, (curve.epochs.count + 2) / 3) }

  /// The relative slope of that loss per epoch over the last third.
  private var slope: Double? {
    let key = convergingLoss.key
    return curve.points(key).count >= 4 ? curve.relativeSlope(key, last: window) : nil
  }

  private var isStillFalling: Bool { slope.map { $0 <= -Self.flatSlope } ?? true }

  /// Whether training has converged, judged by the slope over the last third.
  var convergence: Insight? {
    guard divergence == nil, !curve.isEmpty else { return nil }
    guard let slope else {
      return Insight(
        .convergence, .neutral,
        "Convergence cannot be judged from "
          + "\(Insight.count(curve.epochs.count, "epoch", "epochs")).")
    }
    let rate = Insight.percent(abs(slope))
    let name = convergingLoss.name
    if slope <= -Self.flatSlope {
      return Insight(
        .convergence, .neutral,
        "Not converged: over the last \(window) epochs the \(name) still fell by \(rate) per "
          + "epoch. More epochs would probably help.")
    }
    if slope >= Self.flatSlope {
      return Insight(
        .convergence, .warning,
        "Past its best: over the last \(window) epochs the \(name) rose by \(rate) per epoch.")
    }
    return Insight(
      .convergence, .good,
      "Converged: over the last \(window) epochs the \(name) changed by less than "
        + "\(Insight.percent(Self.flatSlope)) per epoch.")
  }
}
